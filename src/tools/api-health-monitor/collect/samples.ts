import type { Sample, SeriesKey } from '../../../core/metric.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { Store } from '../../../store/store.ts';
import { PROBE_DURATION, toSample } from '../../_shared/probes/sample.ts';
import type { Endpoint } from './endpoints.ts';

/** cold: a fresh connection; warm: a second request on the same one. They are never mixed in one series. */
export type Temperature = 'cold' | 'warm';

export function seriesFor(
  endpoint: { name: string; target: { name: string } },
  temperature: Temperature,
): SeriesKey {
  return {
    metric: PROBE_DURATION,
    unit: 'ms',
    attributes: { target: endpoint.target.name, endpoint: endpoint.name, temperature },
  };
}

/** Writes probe results as samples; `coversMs` is the interval for a scheduled slot and 0 for an extra probe. */
export function storeResults(
  store: Store,
  endpoints: ReadonlyMap<string, Endpoint>,
  results: readonly ProbeResult[],
  coversMs: (endpoint: Endpoint) => number,
): void {
  const batches = new Map<string, { series: SeriesKey; samples: Sample[] }>();
  const add = (endpoint: Endpoint, temperature: Temperature, sample: Sample): void => {
    const key = `${temperature} ${endpoint.name}`;
    const batch = batches.get(key) ?? { series: seriesFor(endpoint, temperature), samples: [] };
    batch.samples.push(sample);
    batches.set(key, batch);
  };
  for (const result of results) {
    const endpoint = endpoints.get(result.id);
    if (endpoint === undefined || result.cold.cause === 'cancelled') continue;
    add(endpoint, 'cold', toSample(result, result.cold, coversMs(endpoint)));
    // Uptime is counted once, by the cold probe.
    if (result.warm && result.warm.cause !== 'cancelled')
      add(endpoint, 'warm', toSample(result, result.warm, 0));
  }
  if (batches.size > 0) store.samples.append([...batches.values()]);
}
