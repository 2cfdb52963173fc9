import { type RandomSource, randomInteger, seededRandom } from './random.ts';

export interface Step {
  /** Index of the first value after it. */
  at: number;
  /** Of random orders of the same values, the share that shows a step as clear as this one, anywhere. */
  pValue: number;
}

export interface StepOptions {
  /** Fewest values on either side. */
  minSide?: number;
  /** Random orders to compare with; the smallest possible p is 1 / (shuffles + 1). */
  shuffles?: number;
  random?: RandomSource;
}

/**
 * The place where values in time order rise: the split that leaves the least squares within its sides, with a
 * permutation test of "there is none", which assumes no distribution and pays for having looked everywhere. Give
 * logarithms of what varies in proportion. null with fewer than twice `minSide` values, or when no split shows a rise.
 * The test takes the values for exchangeable: a slow drift passes it as well, so whoever wants a step looks at both
 * sides of the place.
 */
export function findRise(
  values: readonly number[],
  { minSide = 3, shuffles = 1_999, random = seededRandom(1) }: StepOptions = {},
): Step | null {
  if (values.length < 2 * minSide) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = Float64Array.from(values, (value) => value - mean);
  const seen = clearestSplit(centred, minSide);
  // What is left of equal values is rounding.
  if (seen.score <= 1e-12 * Math.max(1, Math.abs(mean))) return null;
  let asClear = 0;
  for (let round = 0; round < shuffles; round += 1) {
    shuffle(centred, random);
    if (clearestSplit(centred, minSide).score >= seen.score - 1e-9) asClear += 1;
  }
  return { at: seen.at, pValue: (asClear + 1) / (shuffles + 1) };
}

/** The sum of squares between the sides is S² n / (k (n - k)), S being what the k later ones are above the mean. */
function clearestSplit(centred: Float64Array, minSide: number): { at: number; score: number } {
  const n = centred.length;
  let above = 0;
  let best = { at: 0, score: Number.NEGATIVE_INFINITY };
  for (let at = n - 1; at >= minSide; at -= 1) {
    above += centred[at] as number;
    if (n - at < minSide || above <= 0) continue;
    const score = above / Math.sqrt(at * (n - at));
    if (score > best.score) best = { at, score };
  }
  return best;
}

/** Fisher and Yates, in place. */
function shuffle(values: Float64Array, random: RandomSource): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = randomInteger(random, last + 1);
    const kept = values[last] as number;
    values[last] = values[other] as number;
    values[other] = kept;
  }
}
