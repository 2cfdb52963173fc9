import type { Clock } from '../../platform/clock.ts';
import type { LoopLag } from './loop-lag.ts';

/**
 * Sleeps whole milliseconds, never less than asked, and records how late it woke. It listens to no signal, which would
 * cost more than the rest of the wake: for waits of a beat at most.
 */
export async function measuredSleep(clock: Clock, lag: LoopLag, ms: number): Promise<void> {
  // Timers count whole milliseconds; rounded down they would fire before the time they stand for.
  const sleepMs = Math.max(0, Math.ceil(ms));
  const wakeAtMs = clock.monotonicMs() + sleepMs;
  await clock.sleep(sleepMs);
  lag.record(wakeAtMs, clock.monotonicMs());
}
