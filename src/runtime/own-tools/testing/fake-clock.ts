import type { Clock } from '../../../platform/clock.ts';

/** Time that passes only when it is told to. */
export interface FakeClock extends Clock {
  /** Lets time pass; whatever waited for a moment within it is called, in order. */
  advance(ms: number): Promise<void>;
}

/** `startMs`: epoch milliseconds of its beginning. */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  const waiting = new Set<{ atMs: number; callback: () => void }>();
  const clock: FakeClock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after(ms, callback) {
      const entry = { atMs: nowMs + Math.max(0, ms), callback };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const cancelled = (): void => {
          cancel();
          reject(signal?.reason as Error);
        };
        const cancel = clock.after(ms, () => {
          signal?.removeEventListener('abort', cancelled);
          resolve();
        });
        signal?.addEventListener('abort', cancelled, { once: true });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...waiting].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        waiting.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
        // What was woken may wait again before the rest of the time passes.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      nowMs = endMs;
    },
  };
  return clock;
}
