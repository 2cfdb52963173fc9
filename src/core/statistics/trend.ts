import type { Interval } from './interval.ts';
import { normalQuantile, normalUpperTail } from './normal.ts';

/**
 * One-sided Mann-Kendall test (Mann 1945, Kendall 1975) of "does not rise": how often values whose order means nothing would
 * rise this much. Normal approximation with correction for ties. 1 with fewer than 4 values.
 */
export function mannKendallRise(values: readonly number[]): number {
  const n = values.length;
  if (n < 4) return 1;
  let score = 0;
  for (let later = 1; later < n; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      score += Math.sign((values[later] as number) - (values[earlier] as number));
    }
  }
  if (score <= 0) return 1;
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ties = [...counts.values()].reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0);
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  return variance <= 0 ? 1 : normalUpperTail((score - 1) / Math.sqrt(variance));
}

export interface Trend {
  /** Change of y for 1 of x. */
  slope: number;
  interval: Interval;
}

/**
 * The median of the slopes of all pairs (Theil 1950), which a third of wild values does not move, and its interval (Sen 1968).
 * null with fewer than 4 different x.
 */
export function theilSen(
  points: readonly (readonly [x: number, y: number])[],
  confidence: number,
): Trend | null {
  const n = points.length;
  if (new Set(points.map(([x]) => x)).size < 4) return null;
  const slopes: number[] = [];
  for (const [index, [x, y]] of points.entries()) {
    for (let other = 0; other < index; other += 1) {
      const [otherX, otherY] = points[other] as readonly [number, number];
      if (x !== otherX) slopes.push((y - otherY) / (x - otherX));
    }
  }
  slopes.sort((a, b) => a - b);
  const spread = normalQuantile(0.5 + confidence / 2) * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number): number =>
    slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] as number;
  const middle = (slopes.length - 1) / 2;
  return {
    slope: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    interval: { low: at(middle - spread / 2), high: at(middle + spread / 2) },
  };
}
