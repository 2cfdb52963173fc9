import { z } from 'zod';
import type { ResolvedConfig } from '../../config/types.ts';
import { emptyHistogram, type Histogram, mergeHistograms, quantile } from '../../core/histogram.ts';
import type { SeriesKey } from '../../core/metric.ts';
import { matchesAnySubject } from '../../core/subject-pattern.ts';
import { spansOutside } from '../../core/time-range.ts';
import type { SampleBucket, Store, TimeRange } from '../../store/store.ts';
import { PROBE_DURATION } from '../../tools/_shared/probes/sample.ts';
import { endpointSchema, healthOptionsSchema } from '../../tools/api-health-monitor/options.ts';
import type { EndpointFigure } from '../../workspace/context/facts.ts';
import { maintenanceWindows } from '../maintenance.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Older figures say nothing about how an endpoint is now, and one that left stops being listed. */
export const FIGURES_FOR_MS = 30 * DAY_MS;
/** Series that are read; a refresh follows every run and has to stay quick. */
const MAX_SERIES = 300;

/** What the probes of an endpoint say of its newest day of measurement. */
export interface MeasuredEndpoint extends EndpointFigure {
  histogram: Histogram;
}

/** Objectives of the config for latency and uptime; what is not valid there is a matter of other commands. */
export function objectivesOf(config: Pick<ResolvedConfig, 'tools'>): {
  p95Ms: number;
  availability: number;
  windowMs: number;
  ofEndpoint: (name: string) => number;
} {
  const section = sectionSchema.safeParse(config.tools['api-health-monitor'] ?? {}).data ?? {};
  const { shape } = healthOptionsSchema;
  const slo = shape.slo.safeParse(section.slo).data ?? shape.slo.parse(undefined);
  const own = (section.endpoints ?? []).flatMap((entry) => {
    const parsed = ownObjective.safeParse(entry).data;
    const p95Ms = parsed?.slo?.p95;
    return parsed === undefined || p95Ms === undefined
      ? []
      : [{ endpoint: `${parsed.method} ${parsed.path}`, p95Ms }];
  });
  return {
    p95Ms: slo.p95,
    availability: slo.availability,
    windowMs: slo.window,
    ofEndpoint: (name) => own.find(({ endpoint }) => name === endpoint)?.p95Ms ?? slo.p95,
  };
}

const sectionSchema = z.object({ slo: z.unknown().optional(), endpoints: z.array(z.unknown()).optional() });
const ownObjective = z.object({
  method: z.string().default('GET'),
  path: z.string(),
  slo: endpointSchema.shape.slo,
});

/** Current figures of every endpoint that was measured; time of maintenance is left out. */
export function measuredEndpoints(
  store: Store,
  config: Pick<ResolvedConfig, 'tools' | 'maintenance'>,
  nowMs: number,
): MeasuredEndpoint[] {
  const objectives = objectivesOf(config);
  return probeSeries(store).flatMap((series) => {
    const name = endpointOf(series);
    const buckets = newestDay(store, config, series, nowMs);
    const last = buckets.at(-1);
    const ok = sum(buckets, (bucket) => bucket.ok);
    const failed = sum(buckets, (bucket) => bucket.failed);
    if (last === undefined || ok + failed === 0) return [];
    const histogram = buckets.map((bucket) => bucket.histogram).reduce(mergeHistograms, emptyHistogram());
    return [
      {
        endpoint: name,
        histogram,
        p95Ms: quantile(histogram, 0.95),
        errorPercent: (failed / (ok + failed)) * 100,
        objectiveMs: objectives.ofEndpoint(name),
        measuredOn: isoDay(last.startMs),
      },
    ];
  });
}

/** Good and bad scheduled probes of all endpoints since then, with the day of the newest; null when there was none. */
export function uptimeOf(
  store: Store,
  config: Pick<ResolvedConfig, 'maintenance'>,
  range: TimeRange,
): { percent: number; measuredOn: string } | null {
  const buckets = probeSeries(store).flatMap((series) =>
    countedSpans(store, config, series, range).flatMap((span) =>
      store.samples.outcomes(series, span, HOUR_MS),
    ),
  );
  const good = sum(buckets, (bucket) => bucket.good);
  const bad = sum(buckets, (bucket) => bucket.bad);
  if (good + bad === 0) return null;
  const lastMs = Math.max(...buckets.map(({ startMs }) => startMs));
  return { percent: (good / (good + bad)) * 100, measuredOn: isoDay(lastMs) };
}

export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Only fresh connections: they are what every endpoint has, and what uptime counts. */
function probeSeries(store: Store): SeriesKey[] {
  return store.samples.series(PROBE_DURATION, { temperature: 'cold' }).slice(0, MAX_SERIES);
}

/** `shop GET /api/users` of target shop is `GET /api/users`. */
function endpointOf({ attributes }: SeriesKey): string {
  const { target = '', endpoint = '' } = attributes;
  return endpoint.startsWith(`${target} `) ? endpoint.slice(target.length + 1) : endpoint;
}

function newestDay(
  store: Store,
  config: Pick<ResolvedConfig, 'maintenance'>,
  series: SeriesKey,
  nowMs: number,
): SampleBucket[] {
  const read = (fromMs: number, bucketMs: number): SampleBucket[] =>
    countedSpans(store, config, series, { fromMs, toMs: nowMs + 1 }).flatMap((span) =>
      store.samples.buckets(series, span, bucketMs),
    );
  const recent = read(nowMs - DAY_MS, HOUR_MS);
  return recent.length > 0 ? recent : read(nowMs - FIGURES_FOR_MS, DAY_MS).slice(-1);
}

function countedSpans(
  store: Store,
  { maintenance }: Pick<ResolvedConfig, 'maintenance'>,
  { attributes }: SeriesKey,
  range: TimeRange,
): TimeRange[] {
  const subject = { kind: 'endpoint', name: attributes['endpoint'] ?? '' } as const;
  const windows = maintenanceWindows(maintenance, store, range);
  return spansOutside(
    range,
    windows.filter(({ subjects }) => matchesAnySubject(subjects, subject)),
  );
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
