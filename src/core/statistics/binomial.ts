import type { Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';
import { incompleteBeta, logChoose } from './special-functions.ts';

/** P(X = k) for X ~ Binomial(n, p), computed in logarithms so that it holds for any n. */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p === 0 || p === 1) return k === (p === 0 ? 0 : n) ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X >= k) for X ~ Binomial(n, p). */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta(p, k, n - k + 1);
}

/** P(X <= k) for X ~ Binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, n - k, k + 1);
}

/**
 * The exact interval of Clopper & Pearson (1934) for a proportion: it covers the truth at least as often as it says.
 * null for n = 0: nothing was observed.
 */
export function clopperPearsonInterval(successes: number, n: number, confidence: number): Interval | null {
  if (n === 0) return null;
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : solveRising((p) => binomialUpperTail(successes, n, p), tail),
    high: successes === n ? 1 : solveRising((p) => -binomialCdf(successes, n, p), -tail),
  };
}

/** Wilson's score interval (1927): narrower than the exact one, right on average. null for n = 0. */
export function wilsonInterval(successes: number, n: number, confidence: number): Interval | null {
  if (n === 0) return null;
  const z = normalQuantile(0.5 + confidence / 2);
  const share = successes / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === n ? 1 : (centre + spread) / scale,
  };
}

/** The p in [0, 1] where a rising function reaches the value, to the last bit that bisection can tell. */
function solveRising(of: (p: number) => number, value: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 100 && low < high; step += 1) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (of(middle) < value) low = middle;
    else high = middle;
  }
  return high;
}
