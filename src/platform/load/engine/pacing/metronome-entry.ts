/** The thread that sleeps until a worker's next due time and then wakes it: the event loop's own timers know whole milliseconds only. */
import { workerData } from 'node:worker_threads';
import { CLOSED, COMMAND, metronomeCells, NAPPING, RING, STATE, WAITING } from './metronome-cells.ts';

/** No more than so many rings: 0.1 ms apart, so that at high rates one wake-up serves several requests. */
const NAP_MS = 0.1;

const { due, cells } = metronomeCells(workerData as SharedArrayBuffer);
const nowMs = (): number => performance.timeOrigin + performance.now();

// The first ring says that we are there.
ring();

// Commands are counted from 1, and the first may have come before this thread was there.
let servedCommand = 0;
while (Atomics.compareExchange(cells, STATE, NAPPING, WAITING) !== CLOSED) {
  // Read after `state` is set: a worker that saw us nap wrote its command before, so it is seen here (all of it is sequentially consistent).
  const command = Atomics.load(cells, COMMAND);
  const waitMs = command === servedCommand ? Infinity : due[0]! - nowMs();
  if (waitMs > 0 && Atomics.wait(cells, COMMAND, command, waitMs) !== 'timed-out') {
    Atomics.compareExchange(cells, STATE, WAITING, NAPPING);
    continue;
  }
  servedCommand = command;
  ring();
  if (Atomics.compareExchange(cells, STATE, WAITING, NAPPING) === CLOSED) break;
  // Nobody notifies this wait but the one who closes: it is a nap.
  Atomics.wait(cells, STATE, NAPPING, NAP_MS);
}

function ring(): void {
  Atomics.add(cells, RING, 1);
  Atomics.notify(cells, RING);
}
