import {
  latencyCount,
  latencyMean,
  latencyQuantile,
  type SparseHistogram,
} from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, FailureKind } from '../../../core/load/measure.ts';
import { samplesNeededForQuantile } from '../../../core/statistics/quantile.ts';
import type { LoadSlice } from '../record.ts';
import { mergeMeasures, spanMs } from './merge.ts';

/** Milliseconds; `atLeast`: the rank falls among requests that were given up, so the truth is this or longer. */
export interface Percentile {
  ms: number;
  atLeast: boolean;
}

export interface LatencyFigures {
  /** Measured; those given up are not in it. */
  count: number;
  /** Given up: dropped or cancelled. They count as longer than everything measured, so no percentile looks better for them. */
  censored: number;
  mean: number | null;
  p50: Percentile | null;
  p90: Percentile | null;
  p95: Percentile | null;
  p99: Percentile | null;
  p999: Percentile | null;
  max: number | null;
}

export interface EndpointFigures {
  name: string;
  sent: number;
  /** Answered or failed. */
  ended: number;
  succeeded: number;
  failed: number;
  failures: Partial<Record<FailureKind, number>>;
  /** Dropped arrivals and cancelled requests. */
  givenUp: number;
  /** A second: ended, and of these the ones that passed all checks. */
  rate: number;
  goodput: number;
  /** Of all that ended, 0 to 1; null while none has. */
  errorShare: number | null;
  bytesIn: number;
  response: LatencyFigures;
  service: LatencyFigures;
  lag: LatencyFigures;
  firstByte: LatencyFigures;
  serverTiming: LatencyFigures;
}

export const ALL_ENDPOINTS = 'all endpoints';

export function endpointFigures(measure: EndpointMeasure, durationMs: number): EndpointFigures {
  const failed = countFailures(measure);
  const ended = measure.succeeded + failed;
  const seconds = durationMs / 1_000;
  return {
    name: measure.name,
    sent: measure.sent,
    ended,
    succeeded: measure.succeeded,
    failed,
    failures: measure.failed,
    givenUp: latencyCount(measure.censored),
    rate: seconds > 0 ? ended / seconds : 0,
    goodput: seconds > 0 ? measure.succeeded / seconds : 0,
    errorShare: ended === 0 ? null : failed / ended,
    bytesIn: measure.bytesIn,
    response: latencyFigures(measure.response, measure.censored),
    service: latencyFigures(measure.service),
    lag: latencyFigures(measure.lag),
    firstByte: latencyFigures(measure.firstByte),
    serverTiming: latencyFigures(measure.serverTiming),
  };
}

/** All endpoints of a slice, and the whole of them first. */
export function sliceFigures(slice: LoadSlice): { whole: EndpointFigures; endpoints: EndpointFigures[] } {
  const durationMs = spanMs(slice);
  return {
    whole: endpointFigures(mergeMeasures(ALL_ENDPOINTS, slice.endpoints), durationMs),
    endpoints: slice.endpoints.map((measure) => endpointFigures(measure, durationMs)),
  };
}

export function latencyFigures(measured: SparseHistogram, censored?: SparseHistogram): LatencyFigures {
  const at = (q: number): Percentile | null => censoredQuantile(measured, censored, q);
  return {
    count: latencyCount(measured),
    censored: censored === undefined ? 0 : latencyCount(censored),
    mean: latencyMean(measured),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: latencyQuantile(measured, 1),
  };
}

/** The value at rank ceil(q n) of n measured and given up, where the latter count as the longest. null without any. */
export function censoredQuantile(
  measured: SparseHistogram,
  censored: SparseHistogram | undefined,
  q: number,
): Percentile | null {
  const count = latencyCount(measured);
  const all = count + (censored === undefined ? 0 : latencyCount(censored));
  if (all === 0) return null;
  const rank = Math.max(1, Math.ceil(q * all - 1e-9));
  if (rank <= count) {
    // From the middle of the rank, so that rounding does not move it.
    const ms = latencyQuantile(measured, (rank - 0.5) / count);
    return ms === null ? null : { ms, atLeast: false };
  }
  const longest = Math.max(
    latencyQuantile(measured, 1) ?? 0,
    censored === undefined ? 0 : (latencyQuantile(censored, 1) ?? 0),
  );
  return { ms: longest, atLeast: true };
}

/** Whether so many samples support a statement about this quantile with 95 % confidence. */
export function supports(count: number, q: number): boolean {
  return count >= samplesNeededForQuantile(q, 0.95);
}

export function countFailures({ failed }: Pick<EndpointMeasure, 'failed'>): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

export function countEnded(measure: EndpointMeasure): number {
  return measure.succeeded + countFailures(measure);
}
