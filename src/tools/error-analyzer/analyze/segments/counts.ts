import type { CountsDocument } from './types.ts';

/** Counts by minute (epoch ms / 60,000). */
export type Counts = Map<number, number>;

export function addCount(counts: Counts, minute: number, count: number): void {
  counts.set(minute, (counts.get(minute) ?? 0) + count);
}

export function addCounts(into: Counts, from: ReadonlyMap<number, number>): void {
  for (const [minute, count] of from) addCount(into, minute, count);
}

export function countsOf(document: CountsDocument): Counts {
  const counts: Counts = new Map();
  for (let at = 0; at + 1 < document.length; at += 2)
    addCount(counts, document[at] ?? 0, document[at + 1] ?? 0);
  return counts;
}

export function countsDocument(counts: ReadonlyMap<number, number>): CountsDocument {
  return [...counts].toSorted(([a], [b]) => a - b).flat();
}

export function sumOf(counts: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
