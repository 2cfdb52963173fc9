import type { EndpointMeasure, LoadTick } from '../../../core/load/measure.ts';
import { mergeEndpoint } from '../../../core/load/merge-ticks.ts';
import { emptyMeasure } from '../../../core/load/nothing.ts';

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
