import { studentQuantile } from './student.ts';
import { standardDeviation } from './summary.ts';

export interface DetectionGoal {
  /** One-sided, of the test that decides. */
  alpha: number;
  /** How often a change of that size shall be found. */
  power: number;
}

/**
 * The smallest mean difference that a one-sided test over pairs of this spread finds with the given power; the paired t-test's
 * own arithmetic, which a sign-flip test of the mean comes close to from some ten pairs on (Lehmann & Romano, 15.2).
 * null with so few pairs that no difference is refused at this alpha.
 */
export function detectableDifference(
  differences: readonly number[],
  { alpha, power }: DetectionGoal,
): number | null {
  const n = differences.length;
  const spread = standardDeviation(differences);
  if (spread === null || 2 ** -n > alpha) return null;
  return ((studentQuantile(1 - alpha, n - 1) + studentQuantile(power, n - 1)) * spread) / Math.sqrt(n);
}

/** How many pairs of the same spread are needed to find a difference of this size; null where that is more than `most`. */
export function pairsNeeded(
  spread: number,
  difference: number,
  { alpha, power }: DetectionGoal,
  most = 1_000,
): number | null {
  const suffices = (n: number): boolean =>
    ((studentQuantile(1 - alpha, n - 1) + studentQuantile(power, n - 1)) * spread) / Math.sqrt(n) <=
    difference;
  let low = Math.max(2, Math.ceil(-Math.log2(alpha)));
  let high = most;
  if (!suffices(high)) return null;
  // More pairs never find less.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (suffices(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
