import type { ProbePlan } from '../../../platform/probe/plans.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import { FIRST_LOOK } from '../analyze/availability.ts';
import { isLimited } from '../analyze/measure.ts';
import { HOPELESS } from '../../_shared/probes/hopeless.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';
import { storeResults } from './samples.ts';
import type { MonitoredDependency } from './select.ts';

/** Connections that may wait for silent servers at once, so that all of them cost one deadline together. */
const MAX_WAITING = 64;
/** How often suspect samples are made up for. */
const MAX_MAKEUPS = 2;
/** At one that a round leaves open; more would find something in the end whatever is there. */
const MAX_LOOKS = 3;

export type RoundResults = ReadonlyMap<string, readonly ProbeResult[]>;

/**
 * A bounded burst of fresh connections. A first look of three, side by side, finds what is down or silent within one
 * deadline; only what answers is sampled further, at the configured rates, and again while `isOpen` says that more
 * samples may decide. A registry is asked once.
 */
export async function probeRound(
  ctx: CommandContext<DependencyOptions>,
  dependencies: readonly MonitoredDependency[],
  samples: number,
  isOpen: (one: MonitoredDependency, results: readonly ProbeResult[]) => boolean = () => false,
): Promise<RoundResults> {
  const limits = ctx.options.round;
  const results = new Map<string, ProbeResult[]>(dependencies.map(({ name }) => [name, []]));
  const byName = new Map(dependencies.map((dependency) => [dependency.name, dependency]));
  const seen = ({ name }: MonitoredDependency): readonly ProbeResult[] => results.get(name) ?? [];

  async function look(
    chosen: readonly MonitoredDependency[],
    count: number,
    pace: { maxRatePerSecond: number; maxConcurrency: number },
  ): Promise<void> {
    if (chosen.length === 0 || count <= 0) return;
    const batch: ProbeResult[] = [];
    const request = { plans: chosen.map(({ plan }) => plan), samples: count, ...pace };
    for await (const result of ctx.probes.burst(request, ctx.signal)) {
      if (result.cold.cause === 'cancelled') continue;
      results.get(result.id)?.push(result);
      batch.push(result);
      ctx.progress(batch.length, chosen.length * count, 'probing dependencies');
    }
    ctx.signal.throwIfAborted();
    storeResults(ctx.store, byName, batch, () => 0);
  }

  const sideBySide = (chosen: readonly unknown[], count: number) => ({
    maxRatePerSecond: limits.maxRatePerSecond * FIRST_LOOK,
    maxConcurrency: Math.min(MAX_WAITING, Math.max(1, chosen.length * count)),
  });
  const steady = (chosen: readonly unknown[]) => ({
    maxRatePerSecond: Math.min(limits.maxRatePerSecond, limits.maxRatePerDependency * chosen.length),
    maxConcurrency: limits.maxConcurrency,
  });

  const registries = dependencies.filter(({ plan }) => plan.kind === 'domain');
  const probed = dependencies.filter(({ plan }) => plan.kind !== 'domain');
  await look(probed, FIRST_LOOK, sideBySide(probed, FIRST_LOOK));
  await look(registries, 1, sideBySide(registries, 1));
  const answering = probed.filter((dependency) => !isHopeless(seen(dependency)));
  await look(answering, samples - FIRST_LOOK, steady(answering));
  const wanted = (one: MonitoredDependency): number => (answering.includes(one) ? samples : FIRST_LOOK);
  const missing = (one: MonitoredDependency): number => Math.max(0, wanted(one) - usable(seen(one)));
  for (let makeup = 0; makeup < MAX_MAKEUPS; makeup += 1) {
    const short = probed.filter((one) => missing(one) > 0);
    await look(short, Math.max(0, ...short.map(missing)), steady(short));
  }
  for (let looks = 1; looks < MAX_LOOKS; looks += 1) {
    const open = answering.filter((one) => isOpen(one, seen(one)));
    await look(open, samples, steady(open));
  }
  return results;
}

/** One look at a few plans at once, for what must be known within a deadline; nothing is stored. */
export async function probeOnce(
  ctx: Pick<CommandContext<DependencyOptions>, 'probes' | 'options'>,
  plans: readonly ProbePlan[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ProbeResult>> {
  const results = new Map<string, ProbeResult>();
  if (plans.length === 0) return results;
  const request = {
    plans,
    samples: 1,
    maxRatePerSecond: ctx.options.round.maxRatePerSecond,
    maxConcurrency: Math.min(MAX_WAITING, plans.length),
  };
  for await (const result of ctx.probes.burst(request, signal)) {
    if (result.cold.cause !== 'cancelled') results.set(result.id, result);
  }
  return results;
}

/** Samples that were taken while this machine was too busy to measure count for nothing. */
function usable(results: readonly ProbeResult[]): number {
  return results.filter(({ suspect }) => !suspect).length;
}

function isHopeless(results: readonly ProbeResult[]): boolean {
  const hopeless = results.filter(
    (result) => isLimited(result) || (result.cold.cause !== null && HOPELESS.has(result.cold.cause)),
  );
  return hopeless.length >= FIRST_LOOK - 1;
}
