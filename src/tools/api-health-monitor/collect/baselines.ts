import { z } from 'zod';
import type { Store } from '../../../store/store.ts';
import type { EndpointMeasure } from '../analyze/measure.ts';
import { TOOL } from '../rules.ts';

export const endpointBaselineSchema = z.object({
  endpoint: z.string(),
  /** Milliseconds of the successful cold probes, in time order: a rank test needs the values themselves. */
  latenciesMs: z.array(z.number()),
  failed: z.int(),
});
export type EndpointBaseline = z.infer<typeof endpointBaselineSchema>;

const baselineSchema = z.object({ endpoints: z.array(endpointBaselineSchema) });

export interface Baseline {
  name: string;
  savedAtMs: number;
  endpoints: ReadonlyMap<string, EndpointBaseline>;
}

export function loadBaseline(store: Store, name: string): Baseline | undefined {
  const stored = store.baselines.get(TOOL, name);
  if (stored === undefined) return undefined;
  const { endpoints } = baselineSchema.parse(stored.data);
  return {
    name,
    savedAtMs: stored.savedAtMs,
    endpoints: new Map(endpoints.map((entry) => [entry.endpoint, entry])),
  };
}

/** Endpoints measured before and not now keep their old values, so that a baseline of one endpoint does not forget the others. */
export function saveBaseline(
  store: Store,
  name: string,
  measures: readonly EndpointMeasure[],
  nowMs: number,
): void {
  const endpoints = new Map(loadBaseline(store, name)?.endpoints);
  for (const { endpoint, latencies, failed } of measures) {
    endpoints.set(endpoint.name, { endpoint: endpoint.name, latenciesMs: latencies.map(roundMs), failed });
  }
  store.baselines.save({ tool: TOOL, name, savedAtMs: nowMs, data: { endpoints: [...endpoints.values()] } });
}

function roundMs(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
