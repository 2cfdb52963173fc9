import type { Visitor } from './visitor.ts';

/** Who thinks, by the time of the next request: a binary heap instead of a timer each. */
export interface ThinkHeap {
  length: number;
  dueMs: Float64Array;
  visitors: (Visitor | null)[];
}

const FIRST_CAPACITY = 256;

export function createThinkHeap(): ThinkHeap {
  return {
    length: 0,
    dueMs: new Float64Array(FIRST_CAPACITY),
    visitors: Array.from({ length: FIRST_CAPACITY }, () => null),
  };
}

/** Infinity when nobody thinks. */
export function nextThoughtMs(heap: ThinkHeap): number {
  return heap.length === 0 ? Infinity : heap.dueMs[0]!;
}

export function pushThought(heap: ThinkHeap, dueMs: number, visitor: Visitor): void {
  if (heap.length === heap.dueMs.length) grow(heap);
  let at = heap.length;
  heap.length += 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap.dueMs[parent]! <= dueMs) break;
    heap.dueMs[at] = heap.dueMs[parent]!;
    heap.visitors[at] = heap.visitors[parent]!;
    at = parent;
  }
  heap.dueMs[at] = dueMs;
  heap.visitors[at] = visitor;
}

/** Takes the one who is due first. Requires that somebody thinks. */
export function popThought(heap: ThinkHeap): Visitor {
  const first = heap.visitors[0]!;
  heap.length -= 1;
  const last = heap.length;
  const dueMs = heap.dueMs[last]!;
  const visitor = heap.visitors[last]!;
  heap.visitors[last] = null;
  if (last > 0) sink(heap, dueMs, visitor);
  return first;
}

function sink(heap: ThinkHeap, dueMs: number, visitor: Visitor): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap.dueMs[child + 1]! < heap.dueMs[child]!) child += 1;
    if (heap.dueMs[child]! >= dueMs) break;
    heap.dueMs[at] = heap.dueMs[child]!;
    heap.visitors[at] = heap.visitors[child]!;
    at = child;
  }
  heap.dueMs[at] = dueMs;
  heap.visitors[at] = visitor;
}

function grow(heap: ThinkHeap): void {
  const larger = new Float64Array(heap.dueMs.length * 2);
  larger.set(heap.dueMs);
  heap.dueMs = larger;
}
