/**
 * Benjamini and Hochberg's step-up adjustment (1995): telling what has an adjusted p-value of at most q keeps the expected share
 * of false discoveries among what is told at or below q, for independent tests and for those that rise together. Order is kept.
 * `tests`: how many were made in all, when only the promising ones are given; the others count as p = 1.
 */
export function falseDiscoveryAdjusted(pValues: readonly number[], tests = pValues.length): number[] {
  const falling = pValues.map((_, index) => index).toSorted((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = Array.from({ length: pValues.length }, () => 1);
  const made = Math.max(tests, pValues.length);
  let running = 1;
  for (const [fromTop, index] of falling.entries()) {
    running = Math.min(running, (pValues[index]! * made) / (pValues.length - fromTop));
    adjusted[index] = running;
  }
  return adjusted;
}
