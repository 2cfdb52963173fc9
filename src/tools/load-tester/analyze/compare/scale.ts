import { detectableDifference, type DetectionGoal } from '../../../../core/statistics/detectable.ts';
import { effectiveSizes } from '../../../../core/statistics/effective-sizes.ts';
import { hodgesLehmannShift, rankTestRise } from '../../../../core/statistics/rank-test.ts';
import { signFlipInterval, signFlipLower, signFlipUpper } from '../../../../core/statistics/sign-flip.ts';
import { mean, standardDeviation } from '../../../../core/statistics/summary.ts';
import { studentQuantile } from '../../../../core/statistics/student.ts';
import type { ComparedMetric } from './blocks.ts';
import type { ScaledChange } from './types.ts';

export const CONFIDENCE = 0.95;
/** Of each one-sided test: what lies outside the two-sided interval on its side. */
export const ALPHA = (1 - CONFIDENCE) / 2;
export const POWER = 0.8;

/** A microsecond, or a request in a thousand seconds: no ratio of less means anything. */
const FLOOR = 0.001;

/** A figure on the scale of its comparison. */
export function toScale(metric: ComparedMetric, figure: number): number {
  if (metric === 'errors') return figure;
  const logarithm = Math.log(Math.max(figure, FLOOR));
  return metric === 'throughput' ? -logarithm : logarithm;
}

/** A difference on the scale as people say it: a ratio less one, or a difference of shares. */
export function fromScale(metric: ComparedMetric, difference: number): number {
  if (metric === 'errors') return difference;
  return Math.expm1(metric === 'throughput' ? -difference : difference);
}

/** Pairs share what disturbs them, so the differences within them are what is tested. null without pairs. */
export function pairedChange(
  pairs: readonly { before: number; after: number }[],
  alpha: number,
): ScaledChange | null {
  const differences = pairs.map(({ before, after }) => after - before);
  const estimate = mean(differences);
  if (estimate === null) return null;
  const goal: DetectionGoal = { alpha, power: POWER };
  return {
    estimate,
    interval: signFlipInterval(differences, CONFIDENCE),
    pAbove: (value) => signFlipUpper(differences, value),
    pBelow: (value) => signFlipLower(differences, value),
    blocks: differences.length,
    spread: standardDeviation(differences),
    detectable: detectableDifference(differences, goal),
  };
}

/** Blocks of two moments: ranks, with sizes corrected for blocks that resemble their neighbours. null when a side is empty. */
export function unpairedChange(
  before: readonly number[],
  after: readonly number[],
  alpha: number,
): ScaledChange | null {
  const sizes = effectiveSizes(before, after);
  const shift = hodgesLehmannShift(before, after, CONFIDENCE, sizes);
  if (shift === null) return null;
  const rise = (from: readonly number[], to: readonly number[]): number =>
    rankTestRise(from, to, sizes)?.pValue ?? 1;
  const moved = (by: number): number[] => before.map((value) => value + by);
  return {
    estimate: shift.estimate,
    interval: shift.interval ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    pAbove: (value) => rise(moved(value), after),
    pBelow: (value) => rise(after, moved(value)),
    blocks: Math.min(before.length, after.length),
    spread: null,
    detectable: detectableShift(before, after, alpha),
  };
}

/** The two-sample t-test's arithmetic, which ranks come close to. */
function detectableShift(before: readonly number[], after: readonly number[], alpha: number): number | null {
  const [a, b] = [standardDeviation(before), standardDeviation(after)];
  if (a === null || b === null) return null;
  const degrees = before.length + after.length - 2;
  const error = Math.sqrt((a * a) / before.length + (b * b) / after.length);
  return (studentQuantile(1 - alpha, degrees) + studentQuantile(POWER, degrees)) * error;
}
