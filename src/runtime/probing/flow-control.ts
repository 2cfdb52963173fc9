/** Limits what is under way between the engine and its consumer: probes in flight and results not yet taken. */
export interface FlowControl {
  /** Room for one more result, claimed; false when there is none. */
  take(): boolean;
  /** The consumer took `count` results, or a claim was not used. */
  release(count: number): void;
  /** Resolves when there may be room again, or when the signal is aborted. */
  released(signal: AbortSignal): Promise<void>;
}

export function createFlowControl(limit: number): FlowControl {
  let free = limit;
  let waiting: (() => void)[] = [];

  return {
    take() {
      if (free <= 0) return false;
      free -= 1;
      return true;
    },
    release(count) {
      free += count;
      const resumed = waiting;
      waiting = [];
      for (const resume of resumed) resume();
    },
    released: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const resume = (): void => {
          signal.removeEventListener('abort', resume);
          resolve();
        };
        waiting.push(resume);
        signal.addEventListener('abort', resume, { once: true });
      }),
  };
}
