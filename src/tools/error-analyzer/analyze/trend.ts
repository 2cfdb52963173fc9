import type { MinuteCounts } from './model.ts';
import { MINUTE_MS } from './minutes.ts';

const PARTS = 12;

/** Counts of equal parts of a range, for a line of bars. */
export function trendOf(
  minutes: MinuteCounts,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  parts: number = PARTS,
): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  const widthMs = Math.max(toMs - fromMs, 1) / parts;
  for (const [minute, count] of minutes) {
    const part = Math.floor((minute * MINUTE_MS + MINUTE_MS / 2 - fromMs) / widthMs);
    const index = Math.min(parts - 1, Math.max(0, part));
    counts[index] = (counts[index] ?? 0) + count;
  }
  return counts;
}

/** Points of a plot: `parts` of them, each with the count of its part. */
export function seriesOf(
  minutes: MinuteCounts,
  range: { fromMs: number; toMs: number },
  parts = 60,
): [number, number][] {
  const widthMs = (range.toMs - range.fromMs) / parts;
  return trendOf(minutes, range, parts).map((count, index) => [range.fromMs + index * widthMs, count]);
}
