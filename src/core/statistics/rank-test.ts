import type { Interval } from './interval.ts';
import { normalQuantile, normalUpperTail } from './normal.ts';
import { sortedAscending } from './quantile.ts';
import { rankWithTies } from './ranks.ts';

/**
 * Sizes to use for the spread of the statistic when the values of a sample are not independent of each other
 * (see effectiveSampleSize). Left out: the sizes of the samples.
 */
export interface EffectiveSizes {
  before: number;
  after: number;
}

export interface RankTest {
  /** Mann-Whitney U of `after`: pairs in which the later value is larger, ties counting one half. */
  u: number;
  /** U over the number of pairs: the chance that a value after exceeds one before; 0.5 when nothing changed. */
  superiority: number;
  z: number;
  /** One-sided: the chance of a U this large if nothing changed. */
  pValue: number;
}

/**
 * Mann-Whitney U test of "after is larger", by the normal approximation with tie and continuity corrections
 * (SciPy's `mannwhitneyu(after, before, alternative='greater', method='asymptotic')`). null when a sample is empty.
 */
export function rankTestRise(
  before: readonly number[],
  after: readonly number[],
  effective: EffectiveSizes = { before: before.length, after: after.length },
): RankTest | null {
  const pairs = before.length * after.length;
  if (pairs === 0) return null;
  const { ranks, tieTerm } = rankWithTies([...after, ...before]);
  const rankSum = ranks.subarray(0, after.length).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (after.length * (after.length + 1)) / 2;
  const spread = superioritySpread(effective, tieShare(tieTerm, before.length + after.length));
  const superiority = u / pairs;
  if (spread === 0) return { u, superiority, z: 0, pValue: 1 };
  const z = (superiority - 0.5 - 0.5 / pairs) / spread;
  return { u, superiority, z, pValue: normalUpperTail(z) };
}

export interface Shift {
  /** Hodges-Lehmann: the median of all differences after - before. */
  estimate: number;
  /** null when the samples are too small for the confidence. */
  interval: Interval | null;
}

/** By how much `after` lies above `before`, with the interval that belongs to the rank test. null when a sample is empty. */
export function hodgesLehmannShift(
  before: readonly number[],
  after: readonly number[],
  confidence: number,
  effective: EffectiveSizes = { before: before.length, after: after.length },
): Shift | null {
  const pairs = before.length * after.length;
  if (pairs === 0) return null;
  const [x, y] = [sortedAscending(before), sortedAscending(after)];
  const difference = (rank: number): number => pairwiseDifference(x, y, rank);
  const halfWidth = normalQuantile(0.5 + confidence / 2) * superioritySpread(effective, 0) * pairs;
  const lowRank = Math.floor(pairs / 2 - halfWidth);
  return {
    estimate: (difference(Math.floor((pairs + 1) / 2)) + difference(Math.ceil((pairs + 1) / 2))) / 2,
    interval: lowRank < 1 ? null : { low: difference(lowRank), high: difference(pairs + 1 - lowRank) },
  };
}

/** Standard deviation of U / pairs when nothing changed. */
function superioritySpread({ before, after }: EffectiveSizes, tied: number): number {
  return Math.sqrt(((before + after + 1) * (1 - tied)) / (12 * before * after));
}

/** 0 without ties, 1 when all values are equal; the tie correction (t³ - t)/(n³ - n) written so that it scales with effective sizes. */
function tieShare(tieTerm: number, n: number): number {
  return n < 2 ? 1 : tieTerm / (n ** 3 - n);
}

/**
 * The difference y - x of the given 1-based rank among all pairs, without listing them: bisection over the value, counting
 * pairs in one pass over both sorted samples, so O((n + m) log precision) instead of O(n m).
 */
function pairwiseDifference(x: Float64Array, y: Float64Array, rank: number): number {
  let low = (y[0] as number) - (x.at(-1) as number);
  let high = (y.at(-1) as number) - (x[0] as number);
  if (pairsUpTo(x, y, low).count >= rank) return low;
  // Invariant: fewer than `rank` differences are <= low, at least `rank` are <= high.
  for (let step = 0; step < 200; step += 1) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    const { count, largest } = pairsUpTo(x, y, middle);
    if (count < rank) low = middle;
    else if (count === rank) return largest;
    else high = Math.min(middle, largest);
  }
  return high;
}

/** How many differences y - x are at most the limit, and the largest of those. */
function pairsUpTo(x: Float64Array, y: Float64Array, limit: number): { count: number; largest: number } {
  let count = 0;
  let largest = Number.NEGATIVE_INFINITY;
  let below = 0;
  for (const base of x) {
    while (below < y.length && (y[below] as number) - base <= limit) below += 1;
    count += below;
    if (below > 0) largest = Math.max(largest, (y[below - 1] as number) - base);
  }
  return { count, largest };
}
