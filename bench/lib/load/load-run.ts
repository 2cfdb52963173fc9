import type { LoadOutcome, LoadTick } from '../../../src/core/load/measure.ts';
import { mergeInTime } from '../../../src/core/load/merge-ticks.ts';
import type { LoadLimits, LoadModel, LoadPlan, PlannedStep } from '../../../src/core/load/plan.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { AddressResolver } from '../../../src/platform/dns/resolve-address.ts';
import type { LoadBus } from '../../../src/platform/load/bus/types.ts';
import { createThreadBus } from '../../../src/platform/load/bus/worker-threads.ts';
import { createLoadGenerator } from '../../../src/platform/load/generator.ts';
import type { LoadGenerator, LoadRun } from '../../../src/platform/load/types.ts';
import { createNetGuard } from '../../../src/platform/net-guard.ts';
import { type EndpointFigures, sliceFigures } from '../../../src/tools/load-tester/analyze/figures.ts';

export function getStep(path: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    name: `GET ${path}`,
    origin: 0,
    method: 'GET',
    path,
    headers: [],
    body: null,
    timeoutMs: 10_000,
    maxRedirects: 0,
    checks: [],
    extract: [],
    think: null,
    stream: null,
    ...more,
  };
}

export const openAt = (rate: number, durationMs: number): LoadModel => ({
  kind: 'arrivals',
  stages: [{ from: rate, to: rate, durationMs }],
  spacing: 'even',
});

export const closedOf = (users: number, durationMs: number): LoadModel => ({
  kind: 'users',
  stages: [{ from: users, to: users, durationMs }],
});

/** One GET at one origin, unless more is said; limits are the tool's own defaults, but for ceilings that are in no benchmark's way. */
export function benchPlan(
  url: string,
  model: LoadModel,
  { limits, ...more }: Partial<Omit<LoadPlan, 'limits'>> & { limits?: Partial<LoadLimits> } = {},
): LoadPlan {
  return {
    name: 'bench',
    seed: 1,
    model,
    origins: [{ url, protocol: 'http/1.1' }],
    scenarios: [{ name: 'visit', weight: 1, begin: [], steps: [getStep('/')] }],
    setUp: [],
    tearDown: [],
    variables: {},
    feeders: [],
    tracedShare: 0,
    ...more,
    limits: {
      maxConnections: 50,
      maxQueued: 10_000,
      connectTimeoutMs: 5_000,
      drainMs: 4_000,
      maxRatePerSecond: 1_000_000,
      maxDurationMs: 600_000,
      errorBudget: null,
      honourRetryAfter: true,
      keepAlive: true,
      cookies: false,
      ...limits,
    },
  };
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
