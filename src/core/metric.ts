import { z } from 'zod';

/** Metric kinds as OpenTelemetry has them; names are dotted, units are UCUM-like (`ms`, `By`, `1`, `%`). */
export const metricValueSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_.]*$/),
  kind: z.enum(['gauge', 'counter', 'histogram']),
  unit: z.string(),
  attributes: z.record(z.string(), z.string()),
  value: z.number().optional(),
  /** For kind histogram: cumulative buckets as Prometheus writes them, with sum and count. */
  histogram: z
    .object({
      buckets: z.array(z.object({ le: z.number(), count: z.number().int() })),
      sum: z.number(),
      count: z.number().int(),
    })
    .optional(),
});
export type MetricValue = z.infer<typeof metricValueSchema>;

/**
 * A named stream of samples. `attributes` identify it together with `metric`, in any order.
 * Example: http.probe.duration { target: shop, endpoint: "GET /api/products", temperature: cold }.
 */
export interface SeriesKey {
  metric: string;
  unit: string;
  attributes: Readonly<Record<string, string>>;
}

/** ok: counts in latency and uptime; failed: counts in uptime only; suspect: our own machine was late, counts in neither. */
export type SampleOutcome = 'ok' | 'failed' | 'suspect';

export interface Sample {
  /** Wall clock, epoch milliseconds, when the measurement started. */
  atMs: number;
  outcome: SampleOutcome;
  /** In the series' unit; null when nothing was measured (a refused connection has no latency). */
  value: number | null;
  /** Why it failed, from a small fixed vocabulary of the tool (`refused`, `timeout`, `status-5xx`). */
  cause?: string;
  /** How much time this sample speaks for: the interval of a scheduled slot, 0 for an extra one. Uptime is weighted by it. */
  coversMs: number;
  /** Small, flat, already redacted: phases, status code. */
  detail?: Readonly<Record<string, number | string | null>>;
}

/** Stable text identity of a series; attribute order does not matter. */
export function seriesId(key: SeriesKey): string {
  const attributes = Object.keys(key.attributes)
    .toSorted()
    .map((name) => `${name}=${JSON.stringify(key.attributes[name])}`);
  return `${key.metric}{${attributes.join(',')}}`;
}
