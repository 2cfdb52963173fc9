import type { CoverageGap } from '../../core/event.ts';
import type { ProbePlan } from '../../platform/probe/plans.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';
import type { Monitor, WatchTick } from '../../tools/context.ts';
import { createClockWatch } from './clock-watch.ts';
import { BEAT_MS } from './loop-lag.ts';
import { measuredSleep } from './measured-sleep.ts';
import type { SessionEnvironment } from './session.ts';
import { createSlotScheduler } from './slot-scheduler.ts';

/** Results wait this long for others, to cross to the main thread together. */
const BATCH_MS = 250;
/** A tick without results says that we live. */
const QUIET_TICK_MS = 1_000;
/** Share of its interval that a probe may take, so that it has ended when the next slot comes. */
const TIMEOUT_SHARE = 0.95;

/**
 * Probes every monitor in its slots until the signal is aborted. One timer serves the slots, the measurement of
 * our own delay and the look at the clocks. The first tick comes at once and says that the schedule stands; the
 * last one brings what had ended when the signal came.
 */
export async function runWatch(
  monitors: readonly Monitor[],
  { clock, lag, flow, probe, signal }: SessionEnvironment,
  emit: (tick: WatchTick) => void,
): Promise<void> {
  const plans = monitors.map(planWithinInterval);
  const lookAtClocks = createClockWatch(clock);
  const scheduler = createSlotScheduler(
    monitors.map(({ plan, intervalMs }) => ({ id: plan.id, intervalMs })),
    { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() },
  );
  let results: ProbeResult[] = [];
  let gaps: CoverageGap[] = [];
  let givenUp = 0;
  let emittedAtMs = Number.NEGATIVE_INFINITY;

  function start(monitor: number, intendedAtMs: number): boolean {
    const plan = plans[monitor];
    if (plan === undefined || !flow.take()) return false;
    void probe(plan, intendedAtMs).then((result) => {
      scheduler.finished(monitor);
      if (result !== null) results.push(result);
      // Its deadline passed while we were held up: the slot was missed by us, not by the target.
      else if (!signal.aborted) givenUp += 1;
    });
    return true;
  }

  function flush(nowMs: number): void {
    emittedAtMs = nowMs;
    emit({ results, gaps, missedSlots: scheduler.takeMissed() + givenUp, loopLagMs: lag.takeP99() });
    givenUp = 0;
    results = [];
    gaps = [];
  }

  while (!signal.aborted) {
    const nowMs = clock.monotonicMs();
    scheduler.run(nowMs, start);
    const patienceMs = results.length > 0 || gaps.length > 0 ? BATCH_MS : QUIET_TICK_MS;
    if (nowMs - emittedAtMs >= patienceMs) flush(nowMs);

    const wakeAtMs = Math.min(scheduler.nextDueMs() ?? Number.POSITIVE_INFINITY, nowMs + BEAT_MS);
    const sleepMs = wakeAtMs - clock.monotonicMs();
    await measuredSleep(clock, lag, sleepMs);
    gaps.push(...lookAtClocks(Math.max(0, sleepMs)));
  }
  flush(clock.monotonicMs());
}

/** A probe that outlived its interval would cost its monitor the next slot. */
function planWithinInterval({ plan, intervalMs }: Monitor): ProbePlan {
  return { ...plan, timeoutMs: Math.min(plan.timeoutMs, intervalMs * TIMEOUT_SHARE) };
}
