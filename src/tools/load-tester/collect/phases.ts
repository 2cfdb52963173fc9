import type { LoadTick } from '../../../core/load/measure.ts';
import type { LoadModel, LoadPlan } from '../../../core/load/plan.ts';
import { brokenNow, type Threshold } from '../analyze/thresholds.ts';
import type { LoadRecord } from '../record.ts';
import { type DriveStep, driveSteps, type LoadWorld } from './drive.ts';

/** A part of a command's load, with a name for people: `one at a time`, `50 users`. */
export interface Phase {
  name: string;
  plan: LoadPlan;
  hash: string;
}

export interface PhaseStep extends DriveStep {
  phase: Phase;
}

export interface PhaseOptions {
  signal: AbortSignal;
  confirmed: readonly string[];
  /** The run stops once a window of its last seconds breaks one of these. */
  abortOn?: readonly Threshold[];
}

/** Long enough for a percentile, short enough that a failure of a second fills a part of it that counts. */
const WINDOW_TICKS = 25;

/** Runs one phase; tick by tick, for whoever shows it meanwhile. */
export async function* runPhase(
  ctx: LoadWorld,
  phase: Phase,
  { signal, confirmed, abortOn = [] }: PhaseOptions,
): AsyncGenerator<PhaseStep, LoadRecord, void> {
  const steps = driveSteps(ctx, phase, { signal, confirmed });
  let isAborted = false;
  let window: LoadTick[] = [];
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    window = [...window, value.tick].slice(-WINDOW_TICKS);
    if (!isAborted && !signal.aborted) {
      isAborted = brokenNow(abortOn, window, window.length === WINDOW_TICKS).length > 0;
      if (isAborted) value.run.stop('threshold');
    }
    yield { ...value, phase };
  }
}

/** The same scenarios under another load. */
export function withModel(plan: LoadPlan, model: LoadModel): LoadPlan {
  return { ...plan, model };
}

/**
 * One user who goes through everything. Users who begin with steps of their own (a login) stay in one scenario, so for them all
 * scenarios become one, step after step.
 */
export function oneAtATime(plan: LoadPlan, durationMs: number): LoadPlan {
  const { scenarios } = plan;
  const calm = withModel(plan, steadyUsers(1, durationMs));
  if (scenarios.length < 2 || scenarios.every(({ begin }) => begin.length === 0)) return calm;
  return {
    ...calm,
    scenarios: [
      {
        name: 'one at a time',
        weight: 1,
        begin: scenarios.flatMap(({ begin }) => begin),
        steps: scenarios.flatMap(({ steps }) => steps),
      },
    ],
  };
}

/** Load on one endpoint alone; null where it is a step of something longer. */
export function onlyEndpoint(plan: LoadPlan, name: string): LoadPlan | null {
  const scenarios = plan.scenarios.filter(
    ({ begin, steps }) => begin.length === 0 && steps.every((step) => step.name === name),
  );
  return scenarios.length === 0 ? null : { ...plan, scenarios };
}

export function steadyUsers(users: number, durationMs: number): LoadModel {
  return { kind: 'users', stages: [{ from: users, to: users, durationMs }] };
}

export function steadyRate(rate: number, durationMs: number): LoadModel {
  return { kind: 'arrivals', stages: [{ from: rate, to: rate, durationMs }], spacing: 'poisson' };
}
