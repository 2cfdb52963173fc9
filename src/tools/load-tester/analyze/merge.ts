import { EMPTY_SPARSE } from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, LoadTick } from '../../../core/load/measure.ts';
import { mergeEndpoint } from '../../../core/load/merge-ticks.ts';

/** Measures as those of one endpoint of this name; without any, one of which nothing is known. */
export function mergeMeasures(name: string, measures: readonly EndpointMeasure[]): EndpointMeasure {
  return measures.length === 0 ? emptyMeasure(name) : { ...mergeEndpoint(measures), name };
}

export function spanMs({ fromMs, toMs }: Pick<LoadTick, 'fromMs' | 'toMs'>): number {
  return toMs - fromMs;
}

export function sumOf<Value>(values: readonly Value[], numberOf: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + numberOf(value), 0);
}

function emptyMeasure(name: string): EndpointMeasure {
  return {
    name,
    sent: 0,
    succeeded: 0,
    failed: {},
    statuses: {},
    cancelled: 0,
    bytesIn: 0,
    bytesOut: 0,
    service: EMPTY_SPARSE,
    response: EMPTY_SPARSE,
    lag: EMPTY_SPARSE,
    firstByte: EMPTY_SPARSE,
    censored: EMPTY_SPARSE,
    serverTiming: EMPTY_SPARSE,
  };
}
