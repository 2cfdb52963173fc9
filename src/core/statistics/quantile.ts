import { binomialCdf } from './binomial.ts';
import type { Interval } from './interval.ts';

/** A copy in ascending order. */
export function sortedAscending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

/** Sample quantile, Hyndman & Fan's type 7 (the default of R, NumPy and spreadsheets); null without values. */
export function sampleQuantile(values: readonly number[], q: number): number | null {
  return quantileOfSorted(sortedAscending(values), q);
}

export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/**
 * A confidence interval of the q-quantile that assumes nothing about the distribution: two order statistics, chosen by
 * the binomial distribution of how many values lie below the quantile. null when there are too few values for one.
 */
export function quantileInterval(values: readonly number[], q: number, confidence: number): Interval | null {
  const sorted = sortedAscending(values);
  const tail = (1 - confidence) / 2;
  const low = sorted[rankReaching(sorted.length, q, tail) - 1];
  const high = sorted[rankReaching(sorted.length, q, 1 - tail)];
  return low === undefined || high === undefined ? null : { low, high };
}

/** With the given confidence the q-quantile is at most this; null when there are too few values to say. */
export function quantileUpperBound(values: readonly number[], q: number, confidence: number): number | null {
  const sorted = sortedAscending(values);
  return sorted[rankReaching(sorted.length, q, confidence)] ?? null;
}

/**
 * How many values are needed before the largest of them bounds the q-quantile with this confidence, so before
 * "p95 is below the limit" can be claimed at all: 59 for p95 at 95 %, 299 for p99.
 */
export function samplesNeededForQuantile(q: number, confidence: number): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log(q));
}

/** The smallest k with P(X <= k) >= probability, X ~ Binomial(n, q). */
function rankReaching(n: number, q: number, probability: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binomialCdf(middle, n, q) >= probability) high = middle;
    else low = middle + 1;
  }
  return low;
}
