import type { CoverageGap } from '../../core/event.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Clock } from '../../platform/clock.ts';

/** Longer than this between two looks at the clocks means that we, not the target, stood still. */
const STOP_LIMIT_MS = 2_000;
/** Slower corrections (NTP slews at 0.5 ms/s) stay far below this between two looks. */
const STEP_LIMIT_MS = 1_000;

/**
 * Compares both clocks with what they said at the last look. The wall clock having moved differently from the
 * monotonic one is a step; the monotonic one having moved too far is our own stop (SIGSTOP, a suspended
 * machine, a starved processor). A gap is in wall time, the earlier end first, whichever way the clock went.
 */
export function createClockWatch(clock: Clock): (expectedAfterMs: number) => CoverageGap[] {
  let last = readTogether(clock);

  return (expectedAfterMs) => {
    const before = last;
    last = readTogether(clock);
    const elapsedMs = last.monotonicMs - before.monotonicMs;
    /** Where the wall clock would be without a step. */
    const unsteppedMs = before.wallMs + elapsedMs;
    const stepMs = last.wallMs - unsteppedMs;

    const gaps: CoverageGap[] = [];
    if (elapsedMs - expectedAfterMs > STOP_LIMIT_MS) {
      gaps.push({
        fromMs: before.wallMs,
        toMs: unsteppedMs,
        reason: 'process-stopped',
        detail: `Rearguard stood still for ${formatDuration(elapsedMs)}`,
      });
    }
    if (Math.abs(stepMs) > STEP_LIMIT_MS) {
      gaps.push({
        fromMs: Math.min(unsteppedMs, last.wallMs),
        toMs: Math.max(unsteppedMs, last.wallMs),
        reason: 'clock-stepped',
        detail: `the clock was set ${stepMs > 0 ? 'forward' : 'back'} by ${formatDuration(Math.abs(stepMs))}`,
      });
    }
    return gaps;
  };
}

/** Both clocks at one moment; a process stopped between the two readings would look like a step. */
function readTogether(clock: Clock): { wallMs: number; monotonicMs: number } {
  for (;;) {
    const monotonicMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    if (clock.monotonicMs() - monotonicMs < STEP_LIMIT_MS / 10) return { wallMs, monotonicMs };
  }
}
