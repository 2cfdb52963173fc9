/** Values of one session on their way from the engine to the consumer. */
export interface SessionStream<T> {
  push(value: T): void;
  /** Nothing comes any more; what is waiting is still delivered, then the failure, if any, is thrown. */
  end(failure?: Error): void;
  /** Delivers in order; `onTaken` hears of each value that the consumer took. */
  values(onTaken: (value: T) => void): AsyncGenerator<T, void, void>;
}

/** `merge` folds a new value into the last one waiting, so that a slow consumer finds few large values. */
export function createSessionStream<T>(merge?: (waiting: T, next: T) => T): SessionStream<T> {
  const waiting: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;

  return {
    push(value) {
      const last = waiting.at(-1);
      if (merge !== undefined && last !== undefined) waiting[waiting.length - 1] = merge(last, value);
      else waiting.push(value);
      wake();
    },
    end(reason) {
      ended = true;
      failure ??= reason;
      wake();
    },
    async *values(onTaken) {
      for (;;) {
        const value = waiting.shift();
        if (value !== undefined) {
          onTaken(value);
          yield value;
        } else if (ended) {
          if (failure !== undefined) throw failure;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
