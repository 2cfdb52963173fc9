import { availableParallelism, loadavg } from 'node:os';
import { reasonOf } from '../../../core/errors.ts';
import type { LoadPlan } from '../../../core/load/plan.ts';
import type { FromWorker, ToWorker } from '../bus/messages.ts';
import type { LoadWorker } from '../bus/types.ts';
import { WIRE_PROTOCOLS } from '../wire/protocols.ts';
import { createDriver, createEngine } from './create-engine.ts';
import { cancelAll, closeAll, cut } from './ending.ts';
import { type Engine, runMsOf } from './engine.ts';
import { allExemplars } from './exemplars.ts';
import type { LoadDriver } from './load-driver.ts';
import { createBatchClock } from './pacing/batch.ts';
import { choosePacing } from './pacing/choose.ts';
import { createMetronomeClock } from './pacing/metronome.ts';
import { createSpinClock } from './pacing/spin.ts';
import type { CreatePacingClock, PacingClock, PacingKind } from './pacing/types.ts';
import { endPause, flushDirty } from './requests.ts';
import { expire } from './responses.ts';
import { shareLeft } from './ramp-down.ts';
import { stepEnded, wake } from './sessions.ts';
import { takeTick } from './take-tick.ts';
import { nextThoughtMs } from './think-heap.ts';

export interface LoadWorkerOptions {
  /** Default: by rate and free cores. */
  pacing?: PacingKind;
}

const TICK_MS = 200;
/** For deadlines, users and ends; also for what is due, should the clock be late. */
const BEAT_MS = 20;
const SILENCE_MS = 3_000;
/** A beat that comes later than this was held up; what the controller sent meanwhile has not been read yet. */
const MAX_COUNTED_SILENCE_MS = 250;

const CLOCKS: Readonly<Record<PacingKind, CreatePacingClock>> = {
  metronome: createMetronomeClock,
  spin: createSpinClock,
  batch: createBatchClock,
};

/** A run under way in this thread. */
interface Running {
  engine: Engine;
  driver: LoadDriver;
  clock: PacingClock;
}

/** What makes load, between `prepare` and `ended`. It runs in a thread of its own; on the caller's thread, the caller's work shows as lag. */
export function createLoadWorker(
  post: (message: FromWorker) => void,
  { pacing }: LoadWorkerOptions = {},
): LoadWorker {
  let running: Running | null = null;
  let worker = -1;
  let isStarted = false;
  let isLost = false;
  let endsAtMs = Infinity;
  let silentMs = 0;
  let beatAtMs = 0;
  let tickedRunMs = 0;
  let utilization = performance.eventLoopUtilization();
  let timers: NodeJS.Timeout[] = [];

  function prepare(message: Extract<ToWorker, { kind: 'prepare' }>): void {
    worker = message.worker;
    const engine = createEngine(message, WIRE_PROTOCOLS, {
      pump,
      arm,
      stepEnded: (visitor, failure, nowMs) => stepEnded(engine, visitor, failure, nowMs, driver.afterSession),
    });
    const driver = createDriver(engine);
    const kind = pacing ?? pacingFor(message.plan, message.workers);
    running = { engine, driver, clock: CLOCKS[kind](ring, () => post({ kind: 'ready', worker })) };
  }

  function go(startAtMs: number): void {
    if (running === null || isStarted) return;
    isStarted = true;
    running.engine.startMs = startAtMs - performance.timeOrigin;
    beatAtMs = performance.now();
    timers = [setInterval(beat, BEAT_MS), setInterval(tick, TICK_MS)];
    arm(running.driver.nextDueMs());
  }

  function ring(): void {
    if (isStarted) pump(performance.now());
  }

  function arm(dueMs: number): void {
    if (running === null || dueMs >= running.engine.nextDueMs) return;
    running.engine.nextDueMs = dueMs;
    running.clock.arm(dueMs);
  }

  /** Begins what is due, and is woken again when something else will be. */
  function pump(nowMs: number): void {
    if (running === null) return;
    const { engine, driver } = running;
    // What it begins does not arm the clock each time.
    engine.nextDueMs = -Infinity;
    if (engine.pauseEndsMs <= nowMs) endPause(engine, nowMs);
    driver.pump(nowMs);
    wake(engine, nowMs, driver.afterSession);
    if (engine.dirty.length > 0) flushDirty(engine);
    rearm(running);
  }

  function rearm({ engine, driver }: Running): void {
    engine.nextDueMs = Infinity;
    arm(Math.min(driver.nextDueMs(), nextThoughtMs(engine.thoughts), engine.pauseEndsMs));
  }

  function beat(): void {
    if (running === null) return;
    const { engine, driver } = running;
    const nowMs = performance.now();
    listenForController(nowMs);
    if (nowMs < engine.startMs) return;
    for (let index = engine.inFlight.length - 1; index >= 0; index -= 1) {
      const visitor = engine.inFlight[index];
      // Ending one may have moved or ended others.
      if (visitor !== undefined && visitor.deadlineMs <= nowMs) expire(engine, visitor, nowMs);
    }
    if (!engine.isCut) driver.beat(nowMs);
    if (engine.nextDueMs <= nowMs) pump(nowMs);
    endWhenDue(nowMs);
  }

  function endWhenDue(nowMs: number): void {
    if (running === null) return;
    const { engine, driver } = running;
    if (!engine.isCut && shareLeft(engine, runMsOf(engine, nowMs)) === 0) cut(engine, nowMs);
    if (!engine.isCut && runMsOf(engine, nowMs) >= engine.plan.limits.maxDurationMs) {
      stop(engine.plan.limits.drainMs);
    }
    if (endsAtMs === Infinity && (engine.isCut || driver.isOver(nowMs))) {
      endsAtMs = nowMs + engine.plan.limits.drainMs;
    }
    if (endsAtMs === Infinity) return;
    if (nowMs >= endsAtMs) {
      cut(engine, nowMs);
      cancelAll(engine, nowMs);
    }
    if (engine.live === 0 && engine.queued === 0) finish(nowMs);
  }

  function finish(nowMs: number): void {
    if (running === null) return;
    const { engine, clock } = running;
    engine.isCut = true;
    closeAll(engine, nowMs);
    clock.close();
    tick();
    for (const timer of timers) clearInterval(timer);
    running = null;
    post(
      isLost
        ? { kind: 'failed', worker, message: 'the controller is not heard any more' }
        : { kind: 'ended', worker, exemplars: allExemplars(engine.exemplars) },
    );
  }

  function tick(): void {
    if (running === null) return;
    const { engine, driver, clock } = running;
    const nowMs = performance.now();
    if (nowMs <= engine.startMs) return;
    const now = performance.eventLoopUtilization();
    const busy = clock.takeBusy() ?? performance.eventLoopUtilization(now, utilization).utilization;
    utilization = now;
    post({ kind: 'tick', worker, tick: takeTick(engine, driver, { fromRunMs: tickedRunMs, nowMs, busy }) });
    tickedRunMs = runMsOf(engine, nowMs);
  }

  function listenForController(nowMs: number): void {
    silentMs += Math.min(nowMs - beatAtMs, MAX_COUNTED_SILENCE_MS);
    beatAtMs = nowMs;
    if (silentMs < SILENCE_MS || isLost || running === null) return;
    isLost = true;
    stop(running.engine.plan.limits.drainMs);
  }

  function stop(drainMs: number): void {
    if (running === null) return;
    const nowMs = performance.now();
    // A second stop may only be sooner.
    endsAtMs = Math.min(endsAtMs, nowMs + drainMs);
    cut(running.engine, nowMs);
    if (!isStarted) finish(nowMs);
  }

  function receive(message: ToWorker): void {
    silentMs = 0;
    if (message.kind === 'prepare') {
      prepare(message);
      return;
    }
    if (running === null) return;
    const { engine, driver } = running;
    switch (message.kind) {
      case 'go':
        go(message.startAtMs);
        break;
      case 'change':
        driver.change(message.fromMs, message.stages);
        rearm(running);
        break;
      case 'pause':
        engine.pausedUntilRunMs = message.untilMs;
        engine.pauseEndsMs = engine.startMs + message.untilMs;
        arm(engine.pauseEndsMs);
        break;
      case 'ramp-down':
        engine.rampDown = { fromRunMs: message.fromMs, overMs: message.overMs };
        break;
      case 'stop':
        stop(message.drainMs);
        break;
      case 'alive':
      default:
        break;
    }
  }

  return {
    receive(message) {
      try {
        receive(message);
      } catch (thrown) {
        post({ kind: 'failed', worker, message: reasonOf(thrown) });
      }
    },
  };
}

function pacingFor(plan: LoadPlan, workers: number): PacingKind {
  return choosePacing({
    peakRate: peakRate(plan, workers),
    workers,
    cores: availableParallelism(),
    load: loadavg()[0] ?? 0,
  });
}

function peakRate({ model }: LoadPlan, workers: number): number | null {
  if (model.kind === 'arrivals') {
    return model.stages.reduce((most, { from, to }) => Math.max(most, from, to), 0) / workers;
  }
  if (model.kind !== 'replay') return null;
  const lastMs = model.atMs.at(-1) ?? 0;
  return lastMs === 0 ? 0 : ((model.atMs.length / lastMs) * 1000 * model.speed) / workers;
}
