/** Above this many pairs all sign patterns are too many to go through; rounds never come near it. */
const MAX_PAIRS = 16;

/**
 * One-sided exact sign-flip test (Fisher 1935): how often pairs whose order means nothing would show a mean difference
 * at least this far below zero. Pairs of runs share what disturbs them, so their differences are what is tested.
 * @returns a probability; 1 without pairs
 */
export function signFlipLower(differences: readonly number[]): number {
  const values = differences.slice(0, MAX_PAIRS);
  const seen = values.reduce((sum, value) => sum + value, 0);
  const patterns = 2 ** values.length;
  // Sums of floats depend on their order; what differs by rounding alone counts as equal.
  const tolerance = 1e-9 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  let atLeastAsLow = 0;
  for (let pattern = 0; pattern < patterns; pattern += 1) {
    let sum = 0;
    for (const [position, value] of values.entries()) sum += (pattern >> position) & 1 ? -value : value;
    if (sum <= seen + tolerance) atLeastAsLow += 1;
  }
  return atLeastAsLow / patterns;
}

/** Logarithms of after / before: a doubling and a halving weigh the same. Clock ticks below a microsecond are noise. */
export function logRatios(pairs: readonly { before: number; after: number }[]): number[] {
  const FLOOR_MS = 0.001;
  return pairs.map(({ before, after }) => Math.log(Math.max(after, FLOOR_MS) / Math.max(before, FLOOR_MS)));
}
