import { fisherRise } from '../../../core/statistics/fisher.ts';
import type { Interval } from '../../../core/statistics/interval.ts';
import { quantileOfSorted, sortedAscending } from '../../../core/statistics/quantile.ts';
import { type EffectiveSizes, hodgesLehmannShift, rankTestRise } from '../../../core/statistics/rank-test.ts';
import { rankWithTies } from '../../../core/statistics/ranks.ts';
import { effectiveSizes } from '../../../core/statistics/effective-sizes.ts';

/** One endpoint, before and after a deployment. */
export interface BeforeAfter {
  /** Latencies of successes, in time order, milliseconds. */
  before: readonly number[];
  after: readonly number[];
  beforeFailed: number;
  afterFailed: number;
}

/**
 * What a shift has to exceed to matter: 5 % of the old value, and at least 2 ms. That is the accuracy the prober is held to (phases
 * within 2 ms or 5 % of curl's), so a smaller shift is no claim we could defend, however certain the ranks are. It also guards
 * against what no test on a few hundred samples sees: a busy machine correlates neighbouring latencies a little over dozens of calls.
 */
export function shiftFloorMs(oldMs: number): number {
  return Math.max(0.05 * oldMs, 2);
}

/** All of it moved: a rank test for certainty, the median difference for size. */
export interface ShiftSignal {
  pValue: number;
  shiftMs: number | null;
  /** 95 %; null when the samples are too small for one. */
  interval: Interval | null;
  /** The median before. */
  oldMs: number | null;
  floorMs: number | null;
  effective: EffectiveSizes;
}

export function shiftSignal({ before, after }: BeforeAfter): ShiftSignal {
  const effective = effectiveSizes(rankWithTies(before).ranks, rankWithTies(after).ranks);
  const shift = hodgesLehmannShift(before, after, 0.95, effective);
  const test = rankTestRise(before, after, effective);
  const oldMs = quantileOfSorted(sortedAscending(before), 0.5);
  if (shift === null || test === null || oldMs === null) {
    return { pValue: 1, shiftMs: null, interval: null, oldMs, floorMs: null, effective };
  }
  const floorMs = shiftFloorMs(oldMs);
  return {
    pValue: shift.estimate > floorMs ? test.pValue : 1,
    shiftMs: shift.estimate,
    interval: shift.interval,
    oldMs,
    floorMs,
    effective,
  };
}

/** The slow end moved: how many calls now take longer than the old p95. */
export interface TailSignal {
  pValue: number;
  /** The old p95, an observed value. */
  limitMs: number | null;
  beforeShare: number | null;
  afterShare: number | null;
}

/**
 * The exceedance test. With the limit an order statistic of `before`, Fisher's test is its exact distribution (Gumbel & von
 * Schelling 1950), so the uncertainty of the old p95 itself is accounted for.
 */
export function tailSignal({ before, after }: BeforeAfter): TailSignal {
  const sorted = sortedAscending(before);
  const limitMs = sorted[Math.ceil(0.95 * sorted.length) - 1];
  if (limitMs === undefined || after.length === 0) {
    return { pValue: 1, limitMs: null, beforeShare: null, afterShare: null };
  }
  const exceeds = (value: number): number => (value > limitMs ? 1 : 0);
  const [beforeHits, afterHits] = [before.map(exceeds), after.map(exceeds)];
  const effective = effectiveSizes(beforeHits, afterHits);
  const beforeShare = sum(beforeHits) / before.length;
  const afterShare = sum(afterHits) / after.length;
  const newP95 = quantileOfSorted(sortedAscending(after), 0.95) ?? 0;
  const matters = newP95 - limitMs > shiftFloorMs(limitMs);
  const pValue = fisherRise({
    beforeHits: Math.round(beforeShare * effective.before),
    beforeTotal: Math.round(effective.before),
    afterHits: Math.round(afterShare * effective.after),
    afterTotal: Math.round(effective.after),
  });
  return { pValue: matters ? pValue : 1, limitMs, beforeShare, afterShare };
}

/** More of it fails. */
export interface ErrorSignal {
  pValue: number;
  beforeShare: number | null;
  afterShare: number | null;
}

export function errorSignal({ before, after, beforeFailed, afterFailed }: BeforeAfter): ErrorSignal {
  const [beforeTotal, afterTotal] = [before.length + beforeFailed, after.length + afterFailed];
  return {
    pValue: fisherRise({ beforeHits: beforeFailed, beforeTotal, afterHits: afterFailed, afterTotal }),
    beforeShare: beforeTotal === 0 ? null : beforeFailed / beforeTotal,
    afterShare: afterTotal === 0 ? null : afterFailed / afterTotal,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
