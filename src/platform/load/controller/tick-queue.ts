import type { LoadTick } from '../../../core/load/measure.ts';
import { mergeInTime } from '../../../core/load/merge-ticks.ts';

/** Two minutes of ticks. */
const MAX_WAITING = 600;

/** Ticks that wait to be taken. When nobody takes them, neighbours are merged: time becomes coarser, and no count is lost. */
export interface TickQueue {
  push(tick: LoadTick): void;
  /** No more ticks; with a failure, whoever takes them gets it after the last one. */
  close(failure?: Error): void;
  /** For one reader. */
  ticks: AsyncIterable<LoadTick>;
}

export function createTickQueue(maxWaiting = MAX_WAITING): TickQueue {
  let waiting: LoadTick[] = [];
  let closed = false;
  let failure: Error | null = null;
  let wake = (): void => undefined;

  async function* taken(): AsyncGenerator<LoadTick, void, void> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (failure !== null) throw failure;
      else if (closed) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    push(tick) {
      waiting.push(tick);
      if (waiting.length > maxWaiting) waiting = inPairs(waiting);
      wake();
    },
    close(reason) {
      closed = true;
      failure = reason ?? null;
      wake();
    },
    ticks: taken(),
  };
}

function inPairs(ticks: readonly LoadTick[]): LoadTick[] {
  const pairs: LoadTick[] = [];
  for (let first = 0; first < ticks.length; first += 2)
    pairs.push(mergeInTime(ticks.slice(first, first + 2)));
  return pairs;
}
