import {
  clearLatencies,
  createLatencyHistogram,
  EMPTY_SPARSE,
  type LatencyHistogram,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from '../../../core/load/latency-histogram.ts';
import { type EndpointMeasure, FAILURE_KINDS, type FailureKind } from '../../../core/load/measure.ts';

/** What is counted for one endpoint since the last tick; see EndpointMeasure. */
export interface Meter {
  readonly name: string;
  sent: number;
  succeeded: number;
  readonly failed: Uint32Array;
  /** By status, 0 to 999. */
  readonly statuses: Uint32Array;
  /** Which of them ever were. */
  readonly statusesSeen: number[];
  cancelled: number;
  bytesIn: number;
  bytesOut: number;
  readonly service: LatencyHistogram;
  readonly response: LatencyHistogram;
  readonly lag: LatencyHistogram;
  readonly firstByte: LatencyHistogram;
  readonly censored: LatencyHistogram;
  readonly serverTiming: LatencyHistogram;
}

export const FAILURE_INDEX = Object.fromEntries(
  FAILURE_KINDS.map((kind, index) => [kind, index]),
) as Readonly<Record<FailureKind, number>>;

export function createMeter(name: string): Meter {
  return {
    name,
    sent: 0,
    succeeded: 0,
    failed: new Uint32Array(FAILURE_KINDS.length),
    statuses: new Uint32Array(1000),
    statusesSeen: [],
    cancelled: 0,
    bytesIn: 0,
    bytesOut: 0,
    service: createLatencyHistogram(),
    response: createLatencyHistogram(),
    lag: createLatencyHistogram(),
    firstByte: createLatencyHistogram(),
    censored: createLatencyHistogram(),
    serverTiming: createLatencyHistogram(),
  };
}

export function countStatus(meter: Meter, status: number): void {
  if (status < 0 || status > 999) return;
  if (meter.statuses[status] === 0 && !meter.statusesSeen.includes(status)) meter.statusesSeen.push(status);
  meter.statuses[status]! += 1;
}

/** "At least this long", for what we gave up. */
export function recordCensored(meter: Meter, waitedMs: number): void {
  recordLatency(meter.censored, waitedMs);
}

/** What has been counted, which then begins anew; null where nothing happened. */
export function takeMeasure(meter: Meter): EndpointMeasure | null {
  const failed = takeFailures(meter);
  const censored = takeHistogram(meter.censored);
  const response = takeHistogram(meter.response);
  const { name, sent, succeeded, cancelled, bytesIn, bytesOut } = meter;
  if (sent === 0 && response === EMPTY_SPARSE && censored === EMPTY_SPARSE) return null;
  meter.sent = meter.succeeded = meter.cancelled = meter.bytesIn = meter.bytesOut = 0;
  return {
    name,
    sent,
    succeeded,
    failed,
    statuses: takeStatuses(meter),
    cancelled,
    bytesIn,
    bytesOut,
    service: takeHistogram(meter.service),
    response,
    lag: takeHistogram(meter.lag),
    firstByte: takeHistogram(meter.firstByte),
    censored,
    serverTiming: takeHistogram(meter.serverTiming),
  };
}

function takeFailures({ failed }: Meter): Partial<Record<FailureKind, number>> {
  const counts: Partial<Record<FailureKind, number>> = {};
  for (const [index, kind] of FAILURE_KINDS.entries()) {
    if (failed[index]! > 0) counts[kind] = failed[index]!;
  }
  failed.fill(0);
  return counts;
}

function takeStatuses({ statuses, statusesSeen }: Meter): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statusesSeen) {
    if (statuses[status]! > 0) counts[status] = statuses[status]!;
    statuses[status] = 0;
  }
  return counts;
}

/** Most histograms of most ticks are empty, and 3,328 counts need not be looked through for that. */
export function takeHistogram(histogram: LatencyHistogram): SparseHistogram {
  if (histogram.minUnits === Infinity) return EMPTY_SPARSE;
  const sparse = toSparse(histogram);
  clearLatencies(histogram);
  return sparse;
}
