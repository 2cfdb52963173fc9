import { histogramOf } from '../../../core/histogram.ts';
import type { SampleBucket } from '../../../store/store.ts';
import type { EndpointHistory } from '../collect/history.ts';

/** Buckets of scheduled probes, one every 30 s; each entry is a bucket's latencies and failures. */
export function historyFixture(
  bucketMs: number,
  firstStartMs: number,
  entries: readonly { latencies: readonly number[]; failed: number }[],
  name = 'shop GET /api/orders',
): EndpointHistory {
  const intervalMs = 30_000;
  const buckets = entries.map(({ latencies, failed }, index): SampleBucket => ({
    startMs: firstStartMs + index * bucketMs,
    bucketMs,
    histogram: histogramOf(latencies),
    ok: latencies.length,
    failed,
    suspect: 0,
    okScheduled: latencies.length,
    failedScheduled: failed,
    okCoverMs: latencies.length * intervalMs,
    failedCoverMs: failed * intervalMs,
    causes: failed > 0 ? { 'status-5xx': failed } : {},
  }));
  const endpoint = {
    name,
    target: { name: 'shop' },
    objective: { p95Ms: 200, availability: 99.9 },
    intervalMs,
  };
  return { endpoint, bucketMs, buckets };
}
