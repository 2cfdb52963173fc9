import type { ProbeResult } from '../../../platform/probe/types.ts';
import { HOPELESS } from '../../_shared/probes/hopeless.ts';
import type { CommandContext } from '../../context.ts';
import type { HealthOptions } from '../options.ts';
import type { Endpoint } from './endpoints.ts';
import { planFor } from './plan.ts';
import { storeResults } from './samples.ts';

/** Tries before an endpoint may be called down: 3 of 4. */
export const FIRST_LOOK = 4;

/** Calls after which an endpoint that is far too slow is known to be. */
const SECOND_LOOK = 20;

/** Connections that may wait for a silent backend at once. */
const MAX_WAITING = 64;

/** How often suspect samples are made up for; a machine that is busy all the time cannot measure. */
const MAX_MAKEUPS = 4;

export interface RoundOptions {
  /** Usable probes wanted of each endpoint. */
  samples: number;
  /** Whether these are enough already: a slow endpoint is known to be slow long before sixty slow calls. */
  decided?: (endpoint: Endpoint, results: readonly ProbeResult[]) => boolean;
  /** Asks for another look at an endpoint that is not decided yet; each look doubles the samples. */
  more?: (endpoint: Endpoint, results: readonly ProbeResult[]) => boolean;
  maxLooks?: number;
  /** The samples are cut to fit into it, and no further look begins after it. */
  budgetMs?: number;
}

export type RoundResults = ReadonlyMap<string, readonly ProbeResult[]>;

/**
 * A bounded burst of probes. A first look of four finds what is down or silent, so that a hung endpoint costs one
 * deadline and not sixty; a second one finds what is far too slow; the rest are sampled at the configured rates, and suspect
 * samples are made up for.
 */
export async function probeRound(
  ctx: CommandContext<HealthOptions>,
  endpoints: readonly Endpoint[],
  options: RoundOptions,
): Promise<RoundResults> {
  const { results, look } = startRound(ctx, endpoints);
  const seen = (endpoint: Endpoint): readonly ProbeResult[] => results.get(endpoint.name) ?? [];
  const startedMs = ctx.clock.monotonicMs();
  const inTime = (): boolean =>
    ctx.clock.monotonicMs() - startedMs < (options.budgetMs ?? Number.POSITIVE_INFINITY);
  const samples = affordableSamples(ctx.options.round, endpoints.length, options);

  // All tries of a silent endpoint wait side by side, so that they cost one deadline together.
  await look(endpoints, Math.min(FIRST_LOOK, samples), Math.min(MAX_WAITING, FIRST_LOOK * endpoints.length));
  const answering = endpoints.filter((endpoint) => !isHopeless(seen(endpoint)));
  await look(answering, Math.min(SECOND_LOOK, samples) - FIRST_LOOK);
  const open = answering.filter((endpoint) => !options.decided?.(endpoint, seen(endpoint)));
  await look(open, samples - SECOND_LOOK);

  for (let attempt = 0; attempt < MAX_MAKEUPS && inTime(); attempt += 1) {
    const missing = endpoints.map((endpoint) => {
      const wanted = open.includes(endpoint) ? samples : Math.min(FIRST_LOOK, samples);
      return wanted - usable(seen(endpoint));
    });
    await look(
      endpoints.filter((_, index) => (missing[index] ?? 0) > 0),
      Math.max(0, ...missing),
    );
  }

  for (let looks = 1; looks < (options.maxLooks ?? 1) && inTime(); looks += 1) {
    const undecided = open.filter((endpoint) => options.more?.(endpoint, seen(endpoint)));
    await look(undecided, samples * 2 ** (looks - 1));
  }
  return results;
}

/** As many samples as the rates allow within the budget; the first look is always taken. */
function affordableSamples(limits: HealthOptions['round'], endpoints: number, options: RoundOptions): number {
  const perSecond = Math.min(limits.maxRatePerEndpoint, limits.maxRatePerSecond / Math.max(1, endpoints));
  const affordable = Math.floor(((options.budgetMs ?? Number.POSITIVE_INFINITY) / 1_000) * perSecond);
  return Math.max(Math.min(options.samples, affordable), Math.min(options.samples, FIRST_LOOK));
}

interface Round {
  results: RoundResults;
  /** Probes each of these so many times, within the configured rates, and stores what it saw. */
  look: (chosen: readonly Endpoint[], samples: number, maxConcurrency?: number) => Promise<void>;
}

function startRound(ctx: CommandContext<HealthOptions>, endpoints: readonly Endpoint[]): Round {
  const results = new Map<string, ProbeResult[]>(endpoints.map((endpoint) => [endpoint.name, []]));
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const limits = ctx.options.round;
  let done = 0;
  let planned = 0;
  async function look(
    chosen: readonly Endpoint[],
    samples: number,
    maxConcurrency = limits.maxConcurrency,
  ): Promise<void> {
    if (chosen.length === 0 || samples <= 0) return;
    planned += chosen.length * samples;
    const batch: ProbeResult[] = [];
    const request = {
      plans: chosen.map((endpoint) => planFor(endpoint, { warm: false })),
      samples,
      maxRatePerSecond: Math.min(limits.maxRatePerSecond, limits.maxRatePerEndpoint * chosen.length),
      maxConcurrency,
    };
    for await (const result of ctx.probes.burst(request, ctx.signal)) {
      if (result.cold.cause === 'cancelled') continue;
      results.get(result.id)?.push(result);
      batch.push(result);
      done += 1;
      ctx.progress(done, planned, 'probing endpoints');
    }
    ctx.signal.throwIfAborted();
    storeResults(ctx.store, byName, batch, () => 0);
  }
  return { results, look };
}

/** Samples that were taken while this machine was too busy to measure count for nothing. */
function usable(results: readonly ProbeResult[]): number {
  return results.filter(({ suspect }) => !suspect).length;
}

function isHopeless(results: readonly ProbeResult[]): boolean {
  const hopeless = results.filter(({ cold }) => cold.cause !== null && HOPELESS.has(cold.cause));
  return hopeless.length >= FIRST_LOOK - 1;
}
