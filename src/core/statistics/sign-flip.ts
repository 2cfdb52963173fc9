import type { Interval } from './interval.ts';
import { type RandomSource, seededRandom } from './random.ts';

/** Up to this many pairs all patterns of signs are gone through; above, so many random ones of the same seed. */
const MAX_EXACT_PAIRS = 16;
const RANDOM_PATTERNS = 20_000;

/**
 * Sums of the differences over sets of pairs: a set is what one pattern of signs turns round. The empty set is left out; it
 * is the pattern that was seen, and counts in every probability.
 */
interface SubsetSums {
  sums: Float64Array;
  sizes: Uint32Array;
}

/**
 * One-sided sign-flip test (Fisher 1935): how often pairs whose order means nothing would show a mean difference at least this
 * far below `shift`. Pairs share what disturbs them, so their differences are what is tested; nothing is assumed of their
 * distribution but that it is symmetric where nothing changed. Exact up to 16 pairs.
 * @returns a probability; 1 without pairs, and never less than 2^-pairs
 */
export function signFlipLower(differences: readonly number[], shift = 0): number {
  const { sums, sizes } = subsetSums(differences);
  const tolerance = roundingOf(differences);
  // Turning a set round lowers the whole by twice the set's own sum.
  let atLeastAsLow = 1;
  for (let set = 0; set < sums.length; set += 1) {
    if (sums[set]! - shift * sizes[set]! >= -tolerance) atLeastAsLow += 1;
  }
  return atLeastAsLow / (sums.length + 1);
}

/** The same towards above. */
export function signFlipUpper(differences: readonly number[], shift = 0): number {
  return signFlipLower(
    differences.map((value) => -value),
    -shift,
  );
}

/** How often pairs whose order means nothing would show a mean difference this far from `shift`, on either side. */
export function signFlipTwoSided(differences: readonly number[], shift = 0): number {
  return Math.min(1, 2 * Math.min(signFlipLower(differences, shift), signFlipUpper(differences, shift)));
}

/**
 * The differences that the two-sided test does not refuse: order statistics of the means of all sets of pairs, which are
 * Hartigan's typical values (1969), so that the interval is exact where the test is.
 * An end is infinite where too few pairs are there to refuse anything at this confidence.
 */
export function signFlipInterval(differences: readonly number[], confidence: number): Interval {
  const { sums, sizes } = subsetSums(differences);
  const means = sums.map((sum, set) => sum / sizes[set]!).sort();
  // A hair above, because 0.025 has no exact double and 1 - 0.95 is none either.
  const outside = Math.floor(((1 - confidence) / 2) * (means.length + 1) + 1e-9);
  return outside < 1
    ? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
    : { low: means[outside - 1]!, high: means[means.length - outside]! };
}

/** Logarithms of after / before: a doubling and a halving weigh the same. */
export function logRatios(pairs: readonly { before: number; after: number }[], floor: number): number[] {
  return pairs.map(({ before, after }) => Math.log(Math.max(after, floor) / Math.max(before, floor)));
}

function subsetSums(differences: readonly number[]): SubsetSums {
  return differences.length <= MAX_EXACT_PAIRS
    ? allSubsetSums(differences)
    : randomSubsetSums(differences, seededRandom(differences.length));
}

/** Each set is a smaller one and one pair more: O(2^n), 65,535 sums at most. */
function allSubsetSums(differences: readonly number[]): SubsetSums {
  const count = 2 ** differences.length;
  const sums = new Float64Array(count);
  const sizes = new Uint32Array(count);
  for (let set = 1; set < count; set += 1) {
    const rest = set & (set - 1);
    sums[set] = sums[rest]! + differences[31 - Math.clz32(set ^ rest)]!;
    sizes[set] = sizes[rest]! + 1;
  }
  return { sums: sums.subarray(1), sizes: sizes.subarray(1) };
}

function randomSubsetSums(differences: readonly number[], random: RandomSource): SubsetSums {
  const sums = new Float64Array(RANDOM_PATTERNS);
  const sizes = new Uint32Array(RANDOM_PATTERNS);
  for (let set = 0; set < RANDOM_PATTERNS; set += 1) {
    while (sizes[set] === 0) {
      for (const value of differences) {
        if (random() < 0.5) continue;
        sums[set]! += value;
        sizes[set]! += 1;
      }
    }
  }
  return { sums, sizes };
}

/** Sums of floats depend on their order; what differs by rounding alone counts as equal. */
function roundingOf(differences: readonly number[]): number {
  return 1e-9 * differences.reduce((sum, value) => sum + Math.abs(value), 0);
}
