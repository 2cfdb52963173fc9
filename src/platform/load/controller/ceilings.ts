import { RearguardError } from '../../../core/errors.ts';
import type { LoadModel, LoadPlan, LoadStage } from '../../../core/load/plan.ts';
import { modelDurationMs } from '../../../core/load/stages.ts';

/** Throws E_LOAD_LIMIT when a plan asks for more than its own ceilings. */
export function assertWithinCeilings(plan: LoadPlan): void {
  const { model, limits } = plan;
  switch (model.kind) {
    case 'users':
    case 'arrivals':
      assertStagesWithin(model.stages, plan);
      break;
    case 'iterations':
      assertAtMost(model.users, mostUsers(plan), 'users');
      break;
    case 'replay':
    default:
      assertAtMost(busiestSecond(model), limits.maxRatePerSecond, 'sessions a second');
  }
  const durationMs = modelDurationMs(model);
  if (durationMs > limits.maxDurationMs) {
    throw new RearguardError('E_LOAD_LIMIT', {
      asked: `${seconds(durationMs)} of load`,
      limit: seconds(limits.maxDurationMs),
    });
  }
}

/** The same for what a live change asks for; its time is bounded by the run's own. */
export function assertStagesWithin(stages: readonly LoadStage[], plan: LoadPlan): void {
  const peak = Math.max(0, ...stages.flatMap(({ from, to }) => [from, to]));
  if (plan.model.kind === 'users') assertAtMost(peak, mostUsers(plan), 'users');
  else assertAtMost(peak, plan.limits.maxRatePerSecond, 'sessions a second');
}

/** Streams of HTTP/2 that servers allow on a connection at least, by the advice of RFC 9113, section 6.5.2. */
const STREAMS = 100;

/** Over HTTP/1.1 a user needs a connection to be served; over HTTP/2 users share them. */
function mostUsers({ origins, limits }: LoadPlan): number {
  const isShared = origins.every(({ protocol }) => protocol === 'h2');
  return limits.maxConnections * (isShared ? STREAMS : 1);
}

function assertAtMost(asked: number, limit: number, unit: string): void {
  if (asked <= limit) return;
  throw new RearguardError('E_LOAD_LIMIT', { asked: `${round(asked)} ${unit}`, limit: round(limit) });
}

/** Most sessions of a replay that begin within any second of it. */
function busiestSecond({ atMs, speed }: LoadModel & { kind: 'replay' }): number {
  let most = 0;
  let first = 0;
  for (let last = 0; last < atMs.length; last += 1) {
    while ((atMs[last]! - atMs[first]!) / speed >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const seconds = (ms: number): string => `${round(ms / 1_000)} s`;
