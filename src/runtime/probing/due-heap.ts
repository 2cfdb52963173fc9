/** A binary min-heap of monitor indexes by due time; ties keep no order. Sizes are fixed, so ticks allocate nothing. */
export interface DueHeap {
  /** Index whose due time is earliest; undefined when there is none. */
  first(): number | undefined;
  /** Moves the earliest one to a later time. */
  postponeFirst(dueMs: number): void;
  dueMs(index: number): number;
}

export function createDueHeap(dueMs: readonly number[]): DueHeap {
  const due = Float64Array.from(dueMs);
  const heap = Int32Array.from(due.keys()).sort((a, b) => at(a) - at(b));

  function at(index: number): number {
    return due[index] ?? Number.POSITIVE_INFINITY;
  }

  function dueAtPosition(position: number): number {
    return at(heap[position] ?? -1);
  }

  function sinkRoot(): void {
    const moved = heap[0] ?? -1;
    let position = 0;
    for (;;) {
      const left = 2 * position + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && dueAtPosition(left + 1) < dueAtPosition(left) ? left + 1 : left;
      if (dueAtPosition(child) >= at(moved)) break;
      heap[position] = heap[child] ?? -1;
      position = child;
    }
    heap[position] = moved;
  }

  return {
    first: () => heap[0],
    postponeFirst(dueMs) {
      const index = heap[0];
      if (index === undefined) return;
      due[index] = dueMs;
      sinkRoot();
    },
    dueMs: at,
  };
}
