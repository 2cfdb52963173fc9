import type { ProbeCause, ProbeResult } from '../../../platform/probe/types.ts';
import type { CommandContext } from '../../context.ts';
import type { HealthOptions } from '../options.ts';
import type { Endpoint } from './endpoints.ts';
import { planFor } from './plan.ts';
import { storeResults } from './samples.ts';

/** Tries before an endpoint may be called down: 3 of 4. */
export const FIRST_LOOK = 4;

/** Connections that may wait for a silent backend at once. */
const MAX_WAITING = 64;

/** How often suspect samples are made up for; a machine that is busy all the time cannot measure. */
const MAX_MAKEUPS = 4;

/** Causes that hold a connection until the deadline; probing on would only hold more of the backend's connections. */
const SILENT: ReadonlySet<ProbeCause> = new Set([
  'no-response',
  'body-timeout',
  'connect-timeout',
  'tls-timeout',
  'dns-timeout',
]);

export interface RoundOptions {
  samples: number;
  /** Asks for more looks at endpoints that are not decided yet; each look doubles the samples. */
  more?: (endpoint: Endpoint, results: readonly ProbeResult[]) => boolean;
  maxLooks?: number;
  warm?: boolean;
}

/**
 * A bounded burst of probes. A first look of four finds what is down or silent, so that a hung endpoint costs one
 * deadline and not sixty; the rest are then sampled at the configured rates, and suspect samples are made up for.
 */
export async function probeRound(
  ctx: CommandContext<HealthOptions>,
  endpoints: readonly Endpoint[],
  options: RoundOptions,
): Promise<Map<string, ProbeResult[]>> {
  const results = new Map<string, ProbeResult[]>(endpoints.map((endpoint) => [endpoint.name, []]));
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  let planned = endpoints.length * options.samples;
  let done = 0;
  const seen = (endpoint: Endpoint): readonly ProbeResult[] => results.get(endpoint.name) ?? [];
  const look = async (
    chosen: readonly Endpoint[],
    samples: number,
    maxConcurrency: number,
  ): Promise<void> => {
    if (chosen.length === 0 || samples <= 0) return;
    const batch: ProbeResult[] = [];
    const { maxRatePerEndpoint, maxRatePerSecond } = ctx.options.round;
    const request = {
      plans: chosen.map((endpoint) => planFor(endpoint, { warm: options.warm ?? false })),
      samples,
      maxRatePerSecond: Math.min(maxRatePerSecond, maxRatePerEndpoint * chosen.length),
      maxConcurrency,
    };
    for await (const result of ctx.probes.burst(request, ctx.signal)) {
      if (result.cold.cause === 'cancelled') continue;
      results.get(result.id)?.push(result);
      batch.push(result);
      done += 1;
      ctx.progress(done, Math.max(done, planned), 'probing endpoints');
    }
    ctx.signal.throwIfAborted();
    storeResults(ctx.store, byName, batch, () => 0);
  };
  const { maxConcurrency } = ctx.options.round;

  // All tries of a silent endpoint wait side by side, so that they cost one deadline together.
  await look(
    endpoints,
    Math.min(FIRST_LOOK, options.samples),
    Math.min(MAX_WAITING, FIRST_LOOK * endpoints.length),
  );
  const answering = endpoints.filter((endpoint) => !isSilent(seen(endpoint)));
  planned -= (endpoints.length - answering.length) * Math.max(0, options.samples - FIRST_LOOK);
  await look(answering, options.samples - FIRST_LOOK, maxConcurrency);

  for (let attempt = 0; attempt < MAX_MAKEUPS; attempt += 1) {
    const short = answering.filter((endpoint) => usable(seen(endpoint)) < options.samples);
    const missing = Math.max(0, ...short.map((endpoint) => options.samples - usable(seen(endpoint))));
    planned += short.length * missing;
    await look(short, missing, maxConcurrency);
  }

  for (let looks = 1; looks < (options.maxLooks ?? 1); looks += 1) {
    const undecided = answering.filter((endpoint) => options.more?.(endpoint, seen(endpoint)));
    const samples = options.samples * 2 ** (looks - 1);
    planned += undecided.length * samples;
    await look(undecided, samples, maxConcurrency);
  }
  return results;
}

/** Samples that were taken while this machine was too busy to measure count for nothing. */
function usable(results: readonly ProbeResult[]): number {
  return results.filter(({ suspect }) => !suspect).length;
}

function isSilent(results: readonly ProbeResult[]): boolean {
  const silent = results.filter(({ cold }) => cold.cause !== null && SILENT.has(cold.cause));
  return silent.length >= FIRST_LOOK - 1;
}
