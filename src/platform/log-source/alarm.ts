/** Wakes whoever waits, or the next one who does. */
export interface Alarm {
  ring: () => void;
  /** Until it rings, at most so long; returns early when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createAlarm(after: (ms: number, callback: () => void) => () => void): Alarm {
  let hasRung = false;
  let wake: (() => void) | null = null;
  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    async wait(ms, signal) {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const cancel = after(ms, done);
          function done(): void {
            cancel();
            signal.removeEventListener('abort', done);
            wake = null;
            resolve();
          }
          wake = done;
          signal.addEventListener('abort', done, { once: true });
        });
      }
      hasRung = false;
    },
  };
}
