import { rankWithTies } from './ranks.ts';
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
 * The place where values in time order rise, with a permutation test of "there is none": the largest standardised
 * rank sum over all splits (Pettitt 1979), so that outliers count as much as their rank and no distribution is assumed.
 * null with fewer than twice `minSide` values, or when no split shows a rise. The test takes the values for
 * exchangeable: a slow drift passes it as well, so whoever wants a step looks at both sides of the place.
 */
export function findRise(
  values: readonly number[],
  { minSide = 3, shuffles = 1_999, random = seededRandom(1) }: StepOptions = {},
): Step | null {
  if (values.length < 2 * minSide) return null;
  const { ranks } = rankWithTies(values);
  const seen = clearestSplit(ranks, minSide);
  if (seen.score <= 0) return null;
  let asClear = 0;
  for (let round = 0; round < shuffles; round += 1) {
    shuffle(ranks, random);
    // Sums of ranks are halves at worst; the tolerance is for their square roots.
    if (clearestSplit(ranks, minSide).score >= seen.score - 1e-9) asClear += 1;
  }
  return { at: seen.at, pValue: (asClear + 1) / (shuffles + 1) };
}

function clearestSplit(ranks: Float64Array, minSide: number): { at: number; score: number } {
  const n = ranks.length;
  let sum = 0;
  let best = { at: 0, score: Number.NEGATIVE_INFINITY };
  for (let at = 1; at <= n - minSide; at += 1) {
    sum += ranks[at - 1] as number;
    if (at < minSide) continue;
    const score = ((at * (n + 1)) / 2 - sum) / Math.sqrt((at * (n - at) * (n + 1)) / 12);
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
