import type { PacingClock } from './types.ts';

/** A turn of the loop that takes no longer did nothing but look at the clock and at the sockets. */
const IDLE_TURN_MS = 0.02;

/**
 * Looks at the clock in every turn of the event loop: never more than a turn late, for the price of a whole core. The loop's own
 * utilization says 1 then, so idle turns are counted here.
 */
export function createSpinClock(onDue: () => void, onReady: () => void): PacingClock {
  let due = Infinity;
  let isOpen = true;
  let turnAtMs = performance.now();
  let askedAtMs = turnAtMs;
  let idleMs = 0;
  const turn = (): void => {
    if (!isOpen) return;
    const nowMs = performance.now();
    const turnMs = nowMs - turnAtMs;
    if (turnMs < IDLE_TURN_MS) idleMs += turnMs;
    turnAtMs = nowMs;
    if (nowMs >= due) {
      due = Infinity;
      onDue();
    }
    setImmediate(turn);
  };
  setImmediate(turn);
  queueMicrotask(onReady);
  return {
    kind: 'spin',
    arm(dueMs) {
      due = dueMs;
    },
    takeBusy() {
      const spanMs = performance.now() - askedAtMs;
      const busy = spanMs > 0 ? Math.min(1, Math.max(0, 1 - idleMs / spanMs)) : 0;
      askedAtMs += spanMs;
      idleMs = 0;
      return busy;
    },
    close() {
      isOpen = false;
    },
  };
}
