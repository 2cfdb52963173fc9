import type { LoadOutcome, LoadTick } from '../../../src/core/load/measure.ts';
import { mergeInTime } from '../../../src/core/load/merge-ticks.ts';
import type { LoadModel, LoadPlan } from '../../../src/core/load/plan.ts';
import { planFixture, type PlanFixtureParts } from '../../../src/core/load/plan-fixture.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { AddressResolver } from '../../../src/platform/dns/resolve-address.ts';
import type { LoadBus } from '../../../src/platform/load/bus/types.ts';
import { createThreadBus } from '../../../src/platform/load/bus/worker-threads.ts';
import { createLoadGenerator } from '../../../src/platform/load/generator.ts';
import type { LoadGenerator, LoadRun } from '../../../src/platform/load/types.ts';
import { createNetGuard } from '../../../src/platform/net-guard.ts';
import { type EndpointFigures, sliceFigures } from '../../../src/tools/load-tester/analyze/figures.ts';

/** One GET at one origin, unless more is said; ceilings are in no benchmark's way. */
export function benchPlan(
  url: string,
  model: LoadModel,
  { limits, ...more }: PlanFixtureParts = {},
): LoadPlan {
  return planFixture({
    name: 'bench',
    model,
    origins: [{ url, protocol: 'http/1.1' }],
    ...more,
    limits: {
      maxConnections: 50,
      maxQueued: 10_000,
      maxRatePerSecond: 1_000_000,
      cookies: false,
      ...limits,
    },
  });
}

/** The product's own generator, which may go to loopback and to these hosts. */
export function benchGenerator(
  options: { allowHosts?: readonly string[]; bus?: LoadBus; resolver?: AddressResolver } = {},
): LoadGenerator {
  const { allowHosts = [], bus = createThreadBus(), resolver } = options;
  return createLoadGenerator({
    guard: createNetGuard({ allowHosts }),
    clock: systemClock,
    bus,
    ...(resolver === undefined ? {} : { resolver }),
  });
}

export interface LoadResult {
  total: LoadTick;
  /** All endpoints together. */
  figures: EndpointFigures;
  outcome: LoadOutcome;
}

/** Takes a run to its end. */
export async function finishRun(run: LoadRun): Promise<LoadResult> {
  const ticks: LoadTick[] = [];
  for await (const tick of run.ticks) ticks.push(tick);
  const total = mergeInTime(ticks);
  return { total, figures: sliceFigures(total).whole, outcome: await run.outcome };
}

export async function runPlan(plan: LoadPlan, options: { workers?: number } = {}): Promise<LoadResult> {
  const { signal } = new AbortController();
  return finishRun(await benchGenerator().start(plan, { signal, confirmed: [], ...options }));
}
