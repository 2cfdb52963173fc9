import { RearguardError } from '../../../core/errors.ts';
import type { Exemplar, LoadTick, StopReason } from '../../../core/load/measure.ts';
import type { LoadPlan, LoadStage } from '../../../core/load/plan.ts';
import { stagesDurationMs } from '../../../core/load/stages.ts';
import type { Clock } from '../../clock.ts';
import type { WorkerLink } from '../bus/types.ts';
import type { LoadRun } from '../types.ts';
import { assertStagesWithin } from './ceilings.ts';
import { createErrorBudget } from './error-budget.ts';
import { createTickMerger } from './tick-merger.ts';
import { createTickQueue } from './tick-queue.ts';
import { createWorkerGroup, type WorkerGroup } from './worker-group.ts';

const TICK_MS = 200;
/** How long a tick waits for workers that are late; theirs are counted in a later one. */
const PATIENCE_MS = 2 * TICK_MS;
/** From the barrier to the start, and from a change to its effect: longer than a message takes, so that all act together. */
const LEAD_MS = 100;
/** A spent error budget takes half of the load away at once and the rest in a straight line: a cut would hide how a server recovers. */
const RAMP_DOWN_MS = 2_000;
const HELD_BACK_MS = RAMP_DOWN_MS / 2;
/** Beyond the drain itself, for a worker to say that it has ended. */
const ENDING_PATIENCE_MS = 5_000;

export interface SupervisedEnd {
  stopReason: StopReason;
  stopDetail: string | null;
  startedAtMs: number;
  endedAtMs: number;
  exemplars: readonly (readonly Exemplar[])[];
}

export interface Supervision extends Pick<LoadRun, 'ticks' | 'change' | 'stop' | 'stopping'> {
  readonly group: WorkerGroup;
  /** Starts the workers, which must be ready, together. */
  go(): void;
  /** When every worker has ended or is lost. */
  ended: Promise<SupervisedEnd>;
  /** Lets go of the workers, whatever they do. */
  close(): Promise<void>;
}

/** Watches over one run: merges what its workers count, and decides when and how it ends. Never rejects. */
export function supervise(plan: LoadPlan, links: readonly WorkerLink[], clock: Clock): Supervision {
  const { model, limits } = plan;
  const group = createWorkerGroup(links, clock, { onTick, onEnded, onLost });
  const merger = createTickMerger(links.length);
  const queue = createTickQueue();
  const budget = createErrorBudget(limits.errorBudget);
  const exemplars: (readonly Exemplar[])[] = [];
  const timers = new Set<() => void>();
  let startMs = 0;
  let startedAtMs = clock.wallMs();
  let mergedAtMs = 0;
  let pausedUntilMs = 0;
  let stopped: LoadRun['stopping'] = null;
  let isDraining = false;
  let callOffLimit = (): void => undefined;
  let finish: (end: SupervisedEnd) => void = () => undefined;
  const ended = new Promise<SupervisedEnd>((resolve) => (finish = resolve));

  const runMs = (): number => clock.monotonicMs() - startMs;

  function later(ms: number, callback: () => void): () => void {
    const callOff = clock.after(Math.max(0, ms), () => {
      timers.delete(callOff);
      callback();
    });
    timers.add(callOff);
    return () => {
      timers.delete(callOff);
      callOff();
    };
  }

  function callOffTimers(): void {
    for (const callOff of timers) callOff();
    timers.clear();
  }

  function onTick(worker: number, tick: LoadTick): void {
    merger.add(worker, tick);
    if (merger.isComplete()) merge();
    if (limits.honourRetryAfter && (tick.pausedUntilMs ?? 0) > pausedUntilMs) {
      pausedUntilMs = tick.pausedUntilMs ?? 0;
      group.broadcast({ kind: 'pause', untilMs: pausedUntilMs });
    }
    const spent = budget.add(tick);
    if (spent !== null) rampDown(spent);
  }

  function onEnded(worker: number, seen: readonly Exemplar[]): void {
    exemplars.push(seen);
    close(worker);
  }

  function onLost(worker: number, reason: string): void {
    stop('worker-lost', reason);
    close(worker);
  }

  function close(worker: number): void {
    merger.end(worker);
    if (group.going().length === 0) end();
    else if (merger.hasNews() && merger.isComplete()) merge();
  }

  function merge(): void {
    mergedAtMs = clock.monotonicMs();
    queue.push(merger.take(clock.wallMs(), runMs() - TICK_MS));
  }

  function mergeWhatIsThere(): void {
    later(TICK_MS, mergeWhatIsThere);
    if (clock.monotonicMs() - mergedAtMs >= PATIENCE_MS) merge();
  }

  function rampDown(detail: string): void {
    if (stopped !== null) return;
    stopped = { reason: 'error-budget', detail };
    group.broadcast({ kind: 'ramp-down', fromMs: runMs() - HELD_BACK_MS, overMs: RAMP_DOWN_MS });
    later(RAMP_DOWN_MS - HELD_BACK_MS, drain);
  }

  function stop(reason: StopReason, detail: string | null = null): void {
    stopped ??= { reason, detail };
    drain();
  }

  function drain(): void {
    if (isDraining) return;
    isDraining = true;
    group.broadcast({ kind: 'stop', drainMs: limits.drainMs });
    later(limits.drainMs + ENDING_PATIENCE_MS, () => {
      for (const worker of group.going()) group.giveUp(worker, 'it did not end when it was told to');
    });
  }

  function limitDuration(ms: number): void {
    callOffLimit();
    callOffLimit = later(ms - runMs(), () => stop('max-duration'));
  }

  function end(): void {
    callOffTimers();
    if (merger.hasNews()) merge();
    queue.close();
    finish({
      stopReason: stopped?.reason ?? 'completed',
      stopDetail: stopped?.detail ?? null,
      startedAtMs,
      endedAtMs: clock.wallMs(),
      exemplars,
    });
  }

  return {
    group,
    ended,
    ticks: queue.ticks,
    get stopping() {
      return stopped;
    },
    stop: (reason) => stop(reason),
    async close() {
      callOffTimers();
      await group.close();
    },
    go() {
      startMs = clock.monotonicMs() + LEAD_MS;
      startedAtMs = clock.wallMs() + LEAD_MS;
      mergedAtMs = startMs;
      // All threads of a machine agree on this one; it has fractions and does not jump.
      group.broadcast({ kind: 'go', startAtMs: performance.timeOrigin + performance.now() + LEAD_MS });
      later(LEAD_MS + TICK_MS, mergeWhatIsThere);
      if (model.kind === 'iterations') limitDuration(model.maxDurationMs);
    },
    change(stages: readonly LoadStage[]) {
      if (model.kind !== 'users' && model.kind !== 'arrivals') {
        throw new RearguardError('E_USAGE', {
          message: `A run of the model ${model.kind} has no load that can be changed.`,
          hint: 'Models with stages have: users and arrivals.',
        });
      }
      assertStagesWithin(stages, plan);
      if (stopped !== null || isDraining) return;
      const fromMs = runMs() + LEAD_MS;
      group.broadcast({ kind: 'change', fromMs, stages });
      if (fromMs + stagesDurationMs(stages) > limits.maxDurationMs) limitDuration(limits.maxDurationMs);
      else callOffLimit();
    },
  };
}
