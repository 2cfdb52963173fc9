import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import type { LoadSlice } from '../record.ts';

/** Slices as at most so many, equal ones merged by their counts: percentiles of a longer span are those of all its requests. */
export function coarser(slices: readonly LoadSlice[], most: number): LoadSlice[] {
  if (slices.length <= most) return [...slices];
  const size = Math.ceil(slices.length / most);
  return Array.from({ length: Math.ceil(slices.length / size) }, (_, index) =>
    mergeInTime(slices.slice(index * size, (index + 1) * size)),
  );
}
