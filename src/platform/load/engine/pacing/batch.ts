import type { PacingClock } from './types.ts';

/**
 * A timer of the event loop, which counts in whole milliseconds: what became due meanwhile goes out in one batch. It is 0.6 to 1 ms
 * late in the middle, costs the least, and needs no core beside the worker's own.
 */
export function createBatchClock(onDue: () => void, onReady: () => void): PacingClock {
  let timer: NodeJS.Timeout | null = null;
  let armedMs = Infinity;
  queueMicrotask(onReady);
  const ring = (): void => {
    timer = null;
    armedMs = Infinity;
    onDue();
  };
  return {
    kind: 'batch',
    arm(dueMs) {
      // A ring that comes too early costs a look at the clock, less than another timer.
      if (dueMs >= armedMs) return;
      armedMs = dueMs;
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(ring, Math.max(1, dueMs - performance.now()));
    },
    takeBusy: () => null,
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
