import { countBy } from '../../../core/group-by.ts';
import type { ProbeResult, TlsSummary } from '../../../platform/probe/types.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import { type Interval } from '../../../core/statistics/interval.ts';
import { percentiles } from '../../../core/statistics/percentiles.ts';

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
    causes: countBy(failures.map(({ cold }) => cold.cause ?? 'unknown')).map(({ key, count }) => ({
      cause: key,
      count,
    })),
    ...percentiles(latencies),
  };
}

/** Every TLS handshake of the newest result, one per hop. */
export function tlsOf(measure: EndpointMeasure): readonly { url: string; tls: TlsSummary }[] {
  const newest = measure.results.at(-1);
  return (newest?.cold.hops ?? []).flatMap((hop) =>
    hop.tls === null ? [] : [{ url: hop.url, tls: hop.tls }],
  );
}
