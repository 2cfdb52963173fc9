import type { SampleBucket, TimeRange } from '../../../store/store.ts';
import type { CommandContext } from '../../context.ts';
import type { HealthOptions } from '../options.ts';
import type { Endpoint } from './endpoints.ts';
import { DURATION_METRIC, seriesFor } from './samples.ts';

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

export function historyOf(
  ctx: Pick<CommandContext, 'store'>,
  endpoints: readonly HistoricEndpoint[],
  range: TimeRange,
  bucketMs: number,
): EndpointHistory[] {
  return endpoints.map((endpoint) => ({
    endpoint,
    bucketMs,
    buckets: ctx.store.samples.buckets(seriesFor(endpoint, 'cold'), range, bucketMs),
  }));
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
    .series(DURATION_METRIC, filter)
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
