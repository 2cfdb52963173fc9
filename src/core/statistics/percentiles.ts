import type { Interval } from './interval.ts';
import { quantileInterval, sampleQuantile } from './quantile.ts';

export interface Percentiles {
  p50Ms: number | null;
  /** null below 20 successes; an interval needs 59. */
  p95Ms: number | null;
  p95Interval: Interval | null;
  p99Ms: number | null;
}

/** A percentile is shown only where the sample has something beyond it: 20 for p95, 100 for p99. */
export function percentiles(latencies: readonly number[]): Percentiles {
  return {
    p50Ms: latencies.length > 0 ? sampleQuantile(latencies, 0.5) : null,
    p95Ms: latencies.length >= 20 ? sampleQuantile(latencies, 0.95) : null,
    p95Interval: quantileInterval(latencies, 0.95, 0.95),
    p99Ms: latencies.length >= 100 ? sampleQuantile(latencies, 0.99) : null,
  };
}
