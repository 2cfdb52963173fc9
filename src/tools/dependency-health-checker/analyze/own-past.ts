import { effectiveSizes } from '../../../core/statistics/effective-sizes.ts';
import { rankTestRise } from '../../../core/statistics/rank-test.ts';
import { rankWithTies } from '../../../core/statistics/ranks.ts';
import { median } from '../../../core/statistics/summary.ts';

/** Fewer than this is no past. */
export const MIN_BEFORE = 20;
export const MIN_NOW = 10;
/** One false alarm in a thousand looks, before the floor of the shift. */
const ALPHA = 0.001;
/** What the time of day and a busy neighbour explain. */
const SHIFT_SHARE = 0.3;
const SHIFT_MS = 20;

export interface Slowdown {
  beforeMedianMs: number;
  nowMedianMs: number;
  pValue: number;
}

/**
 * Whether a dependency became slower than its own past; both in time order, milliseconds. null when not, or when
 * there is too little to compare. The ranks give the certainty, the shift of the median says that it matters.
 */
export function findSlowdown(before: readonly number[], now: readonly number[]): Slowdown | null {
  if (!hasPast(before, now) || !matters(before, now)) return null;
  const sizes = effectiveSizes(rankWithTies(before).ranks, rankWithTies(now).ranks);
  const test = rankTestRise(before, now, sizes);
  if (test === null || test.pValue >= ALPHA) return null;
  return { beforeMedianMs: median(before) ?? 0, nowMedianMs: median(now) ?? 0, pValue: test.pValue };
}

/** A shift that matters, and too few answers to be certain of it: ten of them can be worth four. */
export function needsAnotherLook(before: readonly number[], now: readonly number[]): boolean {
  return before.length >= MIN_BEFORE && matters(before, now) && findSlowdown(before, now) === null;
}

function matters(before: readonly number[], now: readonly number[]): boolean {
  const beforeMedianMs = median(before) ?? 0;
  return (median(now) ?? 0) - beforeMedianMs > Math.max(SHIFT_SHARE * beforeMedianMs, SHIFT_MS);
}

export function hasPast(before: readonly number[], now: readonly number[]): boolean {
  return before.length >= MIN_BEFORE && now.length >= MIN_NOW;
}
