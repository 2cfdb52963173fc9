import type { Clock } from '../../platform/clock.ts';
import type { LoopLag } from './loop-lag.ts';

/** Sleeps whole milliseconds, never less than asked, and records how late it woke; false when the signal ended it. */
export async function measuredSleep(
  clock: Clock,
  lag: LoopLag,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  // Timers count whole milliseconds; rounded down they would fire before the time they stand for.
  const sleepMs = Math.max(0, Math.ceil(ms));
  const wakeAtMs = clock.monotonicMs() + sleepMs;
  try {
    await clock.sleep(sleepMs, signal);
  } catch (thrown) {
    if (signal.aborted) return false;
    throw thrown;
  }
  lag.record(wakeAtMs, clock.monotonicMs());
  return true;
}
