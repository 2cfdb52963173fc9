import type { MaintenanceWindow } from '../../../core/maintenance.ts';
import type { OutcomeBucket } from '../../../core/slo.ts';
import { matchesAnySubject } from '../../../core/subject-pattern.ts';
import { spansOutside } from '../../../core/time-range.ts';
import { mergeByStart } from '../../../store/bucket.ts';
import type { SampleBucket, TimeRange } from '../../../store/store.ts';
import type { CommandContext } from '../../context.ts';
import type { HealthOptions } from '../options.ts';
import type { Endpoint } from './endpoints.ts';
import { PROBE_DURATION } from '../../_shared/probes/sample.ts';
import { seriesFor } from './samples.ts';

/**
 * The burn-rate rules that page look back six hours, by the minute. Those that open tickets look back up to three days, and
 * one more tells that these are full: there ten minutes are exact enough, and a tenth of the work.
 */
const RECENT_BUCKET_MS = 60_000;
const RECENT_MS = 6.5 * 3_600_000;
const OLDER_BUCKET_MS = 600_000;
const BURN_HISTORY_MS = 4 * 86_400_000;

/** An endpoint as history needs it; one that left the config is still in the store. */
export type HistoricEndpoint = Pick<Endpoint, 'name' | 'objective' | 'intervalMs'> & {
  target: { name: string };
};

/** What the store remembers of an endpoint, in buckets. */
export interface EndpointHistory {
  endpoint: HistoricEndpoint;
  bucketMs: number;
  buckets: readonly SampleBucket[];
}

type HistoryContext = Pick<CommandContext, 'store' | 'maintenance'>;

/** Time of maintenance is left out: it counts neither for nor against anybody. */
export function historyOf(
  ctx: HistoryContext,
  endpoints: readonly HistoricEndpoint[],
  range: TimeRange,
  bucketMs: number,
): EndpointHistory[] {
  const windows = ctx.maintenance(range);
  return endpoints.map((endpoint) => ({
    endpoint,
    bucketMs,
    buckets: mergeByStart(
      countedSpans(endpoint, range, windows).flatMap((span) =>
        ctx.store.samples.buckets(seriesFor(endpoint, 'cold'), span, bucketMs),
      ),
    ),
  }));
}

/** Scheduled probes of an endpoint that count for its error budget. */
export interface OutcomeHistory {
  endpoint: HistoricEndpoint;
  outcomes: readonly OutcomeBucket[];
}

/** Good and bad scheduled probes of the days that the burn-rate rules look at. */
export function burnHistoryOf(
  ctx: HistoryContext,
  endpoints: readonly HistoricEndpoint[],
  nowMs: number,
): OutcomeHistory[] {
  const range = { fromMs: nowMs - BURN_HISTORY_MS, toMs: nowMs + 1 };
  const windows = ctx.maintenance(range);
  return endpoints.map((endpoint) => ({
    endpoint,
    outcomes: countedSpans(endpoint, range, windows)
      .flatMap((span) => atEdge(span, nowMs))
      .flatMap(({ bucketMs, ...span }) =>
        ctx.store.samples.outcomes(seriesFor(endpoint, 'cold'), span, bucketMs),
      ),
  }));
}

/** A span as its older and its recent part. */
function atEdge({ fromMs, toMs }: TimeRange, nowMs: number): (TimeRange & { bucketMs: number })[] {
  const edgeMs = Math.floor((nowMs - RECENT_MS) / OLDER_BUCKET_MS) * OLDER_BUCKET_MS;
  return [
    { fromMs, toMs: Math.min(toMs, edgeMs), bucketMs: OLDER_BUCKET_MS },
    { fromMs: Math.max(fromMs, edgeMs), toMs, bucketMs: RECENT_BUCKET_MS },
  ].filter((part) => part.fromMs < part.toMs);
}

function countedSpans(
  { name }: HistoricEndpoint,
  range: TimeRange,
  windows: readonly MaintenanceWindow[],
): TimeRange[] {
  const own = windows.filter(({ subjects }) => matchesAnySubject(subjects, { kind: 'endpoint', name }));
  return spansOutside(range, own);
}

/** Every endpoint that has samples, with the objectives of the config; no request is made. */
export function historicEndpoints(
  ctx: Pick<CommandContext<HealthOptions>, 'store' | 'options'>,
  selection: { endpoints?: readonly string[] | undefined; target?: string | undefined },
): HistoricEndpoint[] {
  const filter = {
    temperature: 'cold',
    ...(selection.target === undefined ? {} : { target: selection.target }),
  };
  return ctx.store.samples
    .series(PROBE_DURATION, filter)
    .map(({ attributes }) => ({
      name: attributes['endpoint'] ?? '',
      target: { name: attributes['target'] ?? '' },
    }))
    .filter(
      ({ name }) =>
        selection.endpoints === undefined || selection.endpoints.some((wanted) => name.endsWith(wanted)),
    )
    .map((known) => ({ ...known, ...configuredFor(known, ctx.options) }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function configuredFor(
  known: { name: string },
  options: HealthOptions,
): Pick<Endpoint, 'objective' | 'intervalMs'> {
  const own = options.endpoints.find(
    (entry) => typeof entry !== 'string' && known.name.endsWith(` ${entry.method} ${entry.path}`),
  );
  const configured = typeof own === 'string' ? undefined : own;
  return {
    objective: {
      p95Ms: configured?.slo?.p95 ?? options.slo.p95,
      availability: configured?.slo?.availability ?? options.slo.availability,
    },
    intervalMs: configured?.interval ?? options.interval,
  };
}
