/**
 * What a worker and its metronome share. The worker writes when it wants to be woken and counts `command` up; the metronome
 * counts `ring` up and notifies it. `state` saves the worker a system call: who only naps will look at `command` by itself.
 */
export interface MetronomeCells {
  memory: SharedArrayBuffer;
  /** [0] due time, epoch milliseconds with a fraction. */
  due: Float64Array;
  cells: Int32Array;
}

export const COMMAND = 0;
export const RING = 1;
export const STATE = 2;

export const NAPPING = 0;
export const WAITING = 1;
/** Written to `state` by the worker: the metronome ends. */
export const CLOSED = 2;

const CELLS_AT = 8;

export function metronomeCells(memory = new SharedArrayBuffer(CELLS_AT + 3 * 4)): MetronomeCells {
  return { memory, due: new Float64Array(memory, 0, 1), cells: new Int32Array(memory, CELLS_AT, 3) };
}
