import type { ProbeResult, TlsSummary } from '../../../platform/probe/types.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import { type Interval } from '../../../core/statistics/interval.ts';
import { quantileInterval, sampleQuantile } from '../../../core/statistics/quantile.ts';

/** What one round saw of one endpoint; suspect samples are counted and left out of everything else. */
export interface EndpointMeasure {
  endpoint: Endpoint;
  /** In time order, without the suspect ones. */
  results: readonly ProbeResult[];
  suspect: number;
  /** Milliseconds of the successful cold probes, in time order. */
  latencies: readonly number[];
  failed: number;
  /** Failures by cause, most frequent first. */
  causes: readonly { cause: string; count: number }[];
  p50Ms: number | null;
  /** null below 20 successes; an interval needs 59. */
  p95Ms: number | null;
  p95Interval: Interval | null;
  p99Ms: number | null;
}

export function measureEndpoint(endpoint: Endpoint, all: readonly ProbeResult[]): EndpointMeasure {
  const results = all.filter((result) => !result.suspect).toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const latencies = results.filter(({ cold }) => cold.success).map(({ cold }) => cold.totalMs);
  const failures = results.filter(({ cold }) => !cold.success);
  return {
    endpoint,
    results,
    suspect: all.length - results.length,
    latencies,
    failed: failures.length,
    causes: countBy(failures.map(({ cold }) => cold.cause ?? 'unknown')),
    ...percentiles(latencies),
  };
}

/** A percentile is shown only where the sample has something beyond it: 20 for p95, 100 for p99. */
export function percentiles(
  latencies: readonly number[],
): Pick<EndpointMeasure, 'p50Ms' | 'p95Ms' | 'p95Interval' | 'p99Ms'> {
  return {
    p50Ms: latencies.length > 0 ? sampleQuantile(latencies, 0.5) : null,
    p95Ms: latencies.length >= 20 ? sampleQuantile(latencies, 0.95) : null,
    p95Interval: quantileInterval(latencies, 0.95, 0.95),
    p99Ms: latencies.length >= 100 ? sampleQuantile(latencies, 0.99) : null,
  };
}

export function countBy(causes: readonly string[]): { cause: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts]
    .map(([cause, count]) => ({ cause, count }))
    .toSorted((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
}

/** Every TLS handshake of the newest result, one per hop. */
export function tlsOf(measure: EndpointMeasure): readonly { url: string; tls: TlsSummary }[] {
  const newest = measure.results.at(-1);
  return (newest?.cold.hops ?? []).flatMap((hop) =>
    hop.tls === null ? [] : [{ url: hop.url, tls: hop.tls }],
  );
}
