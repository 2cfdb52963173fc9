import { Worker } from 'node:worker_threads';
import { workerEntry } from '../../../worker-entry.ts';
import { CLOSED, COMMAND, metronomeCells, RING, STATE, WAITING } from './metronome-cells.ts';
import type { PacingClock } from './types.ts';

/** Not in the library types of ES2023; V8 has had it since 8.7 (ECMAScript 2024, 25.4.16). */
interface AtomicsWithWaitAsync {
  waitAsync(
    cells: Int32Array,
    index: number,
    value: number,
  ): { async: false } | { async: true; value: Promise<unknown> };
}
const atomics = Atomics as unknown as AtomicsWithWaitAsync;

const HEAP_LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };

/**
 * A second thread that sleeps to the next due time, to some ten microseconds, and wakes this one: a tenth of a millisecond late in
 * the middle. Needs a core that is free for short moments.
 */
export function createMetronomeClock(onDue: () => void, onReady: () => void): PacingClock {
  const { memory, due, cells } = metronomeCells();
  const thread = new Worker(workerEntry(import.meta.url, './metronome-entry'), {
    name: 'rearguard-metronome',
    workerData: memory,
    resourceLimits: HEAP_LIMITS,
  });
  thread.unref();
  let isOpen = true;
  let armedMs = Infinity;
  let rings = 0;
  const listen = (): void => {
    const waiting = atomics.waitAsync(cells, RING, rings);
    if (waiting.async) void waiting.value.then(heard);
    else queueMicrotask(heard);
  };
  const heard = (): void => {
    if (!isOpen) return;
    const isFirst = rings === 0;
    rings = Atomics.load(cells, RING);
    if (isFirst) onReady();
    armedMs = Infinity;
    // Before the work, so that a ring during it is not missed.
    listen();
    onDue();
  };
  listen();
  return {
    kind: 'metronome',
    arm(dueMs) {
      // A ring that comes too early costs a look at the clock; taking it back would cost a system call.
      if (dueMs >= armedMs) return;
      armedMs = dueMs;
      due[0] = performance.timeOrigin + dueMs;
      Atomics.add(cells, COMMAND, 1);
      if (Atomics.load(cells, STATE) === WAITING) Atomics.notify(cells, COMMAND);
    },
    takeBusy: () => null,
    close() {
      isOpen = false;
      Atomics.store(cells, STATE, CLOSED);
      Atomics.add(cells, COMMAND, 1);
      Atomics.notify(cells, COMMAND);
      Atomics.notify(cells, STATE);
    },
  };
}
