import type { Clock } from '../../platform/clock.ts';
import type { LoopLag } from './loop-lag.ts';

/**
 * Sleeps whole milliseconds, at most one less than asked, and records how late it woke. It listens to no signal, which
 * would cost more than the rest of the wake: for waits of a beat at most.
 */
export async function measuredSleep(clock: Clock, lag: LoopLag, ms: number): Promise<void> {
  const sleepMs = Math.max(0, Math.floor(ms));
  const wakeAtMs = clock.monotonicMs() + sleepMs;
  await clock.sleep(sleepMs);
  lag.record(wakeAtMs, clock.monotonicMs());
}
