import { latencyQuantile } from '../../../core/load/latency-histogram.ts';
import type { LoadTick } from '../../../core/load/measure.ts';
import { countEnded, countFailures } from '../analyze/figures.ts';
import { measureStep } from '../analyze/capacity/measure-step.ts';
import { stepUnfitness } from '../analyze/capacity/step-fitness.ts';
import { bracketOf, nextMove } from '../analyze/capacity/search.ts';
import type { CapacityStep, SearchEnd, SearchSettings } from '../analyze/capacity/types.ts';
import { mergeMeasures } from '../analyze/merge.ts';
import type { LoadOptions } from '../options.ts';
import type { CommandContext } from '../../context.ts';
import { calibrate } from './calibrate.ts';
import type { DrivenPlan } from './drive.ts';
import { sustain } from './sustain.ts';

type CapacityWorld = Pick<CommandContext<LoadOptions>, 'load' | 'clock' | 'options' | 'progress' | 'signal'>;

export interface CapacityRun {
  made: DrivenPlan;
  settings: SearchSettings;
  confirmed: readonly string[];
  /** The search ends here, however far it is. */
  untilMonotonicMs: number;
}

export interface CapacitySearch {
  end: SearchEnd;
  steps: CapacityStep[];
  /** The backend did not come back to its floor within the wait after a step that broke. */
  unrecovered: boolean;
}

const LEAD_MS = 1_000;
const FEW_USERS = 2;
const MANY_USERS = 16;
/** Of ideal scaling: when so many users get less than that share of it, they queue. */
const QUEUES_BELOW = 0.7;
/** Waiting so much longer than this many objectives is hopeless: the step has said what it can. */
const HOPELESS_OBJECTIVES = 4;
const HOPELESS_MS = 2_000;

const RECOVERY_ROUND_MS = 1_000;
const MOST_RECOVERY_ROUNDS = 10;
/** Factor of the floor that counts as back at it. */
const RECOVERED_FACTOR = 2;
const RECOVERED_SLACK_MS = 5;

/** Where to begin: a quarter of what sixteen users get, and, where they queue, what that says of the capacity. */
export async function scaleOf(
  ctx: CapacityWorld,
  made: DrivenPlan,
  confirmed: readonly string[],
): Promise<{ startRate: number; guess: number | null }> {
  const options = { signal: ctx.signal, confirmed };
  ctx.progress(0, 2, 'looking for the scale');
  const few = await calibrate(ctx, made, { users: FEW_USERS, ...options });
  ctx.progress(1, 2, 'looking for the scale');
  const many = await calibrate(ctx, made, { users: MANY_USERS, ...options });
  const ideal = (few.rate * MANY_USERS) / FEW_USERS;
  return { startRate: many.rate / 4, guess: many.rate < QUEUES_BELOW * ideal ? many.rate : null };
}

/** One step after the other, with a pause until the backend is well again after each that broke. */
export async function searchCapacity(ctx: CapacityWorld, run: CapacityRun): Promise<CapacitySearch> {
  const steps: CapacityStep[] = [];
  let unrecovered = false;
  for (;;) {
    const move = nextMove(steps, run.settings);
    if (move.kind === 'done') return { end: move.end, steps, unrecovered };
    if (ctx.clock.monotonicMs() + move.windowMs > run.untilMonotonicMs) {
      return { end: 'steps-used-up', steps, unrecovered };
    }
    const last = steps.at(-1);
    if (last !== undefined && last.broken.length > 0) {
      ctx.progress(steps.length, run.settings.maxSteps, 'waiting until the server is well again');
      if (!unrecovered && !(await recovered(ctx, run, steps))) unrecovered = true;
      // A server that was never well and does not become so has said all it can.
      if (unrecovered && bracketOf(steps).meets === null) return { end: 'nothing-meets', steps, unrecovered };
    }
    ctx.progress(
      steps.length,
      run.settings.maxSteps,
      `${move.step === 'confirm' ? 'holding' : 'trying'} ${move.rate}/s`,
    );
    const held = await sustain(ctx, run.made, {
      load: { rate: move.rate, spacing: 'even' },
      leadMs: LEAD_MS,
      windowMs: move.windowMs,
      signal: ctx.signal,
      confirmed: run.confirmed,
      onTick: (tick, running) => {
        if (running.stopping === null && isHopeless(tick, move.rate, run.settings)) running.stop('threshold');
      },
    });
    ctx.signal.throwIfAborted();
    const unfit =
      held.stopReason === 'worker-lost'
        ? 'a worker of the generator was lost'
        : stepUnfitness(held.window, move.rate, {
            objective: run.settings.objective,
            maxBusy: ctx.options.fitness.maxBusy,
          });
    const step = measureStep({ kind: move.step, rate: move.rate, ...held, unfit }, run.settings.objective);
    steps.push(step);
  }
}

function isHopeless({ inFlight, queued }: LoadTick, rate: number, { objective }: SearchSettings): boolean {
  const waitMs = Math.max(HOPELESS_MS, HOPELESS_OBJECTIVES * objective.p95Ms);
  return inFlight + queued > (rate * waitMs) / 1_000 + 20;
}

/** At a tenth of what it takes: answers without failures, as fast as at the first step. */
async function recovered(
  ctx: CapacityWorld,
  { made, confirmed, settings }: CapacityRun,
  steps: readonly CapacityStep[],
): Promise<boolean> {
  const { meets } = bracketOf(steps);
  const floorMs = Math.min(...steps.flatMap(({ p50Ms }) => (p50Ms === null ? [] : [p50Ms])));
  const rate = Math.max(1, (meets ?? settings.startRate / 4) / 10);
  for (let round = 0; round < MOST_RECOVERY_ROUNDS; round += 1) {
    const { window, drained } = await sustain(ctx, made, {
      load: { rate, spacing: 'even' },
      leadMs: 0,
      windowMs: RECOVERY_ROUND_MS,
      signal: ctx.signal,
      confirmed,
    });
    ctx.signal.throwIfAborted();
    const whole = mergeMeasures(
      '',
      [...window, ...drained].flatMap(({ endpoints }) => endpoints),
    );
    const p50Ms = latencyQuantile(whole.response, 0.5);
    const isWell = countEnded(whole) > 0 && countFailures(whole) === 0 && whole.cancelled === 0;
    if (isWell && p50Ms !== null && p50Ms <= floorMs * RECOVERED_FACTOR + RECOVERED_SLACK_MS) return true;
  }
  return false;
}
