import { incompleteBeta, logGamma } from './special-functions.ts';

const MAX_TERMS = 100_000;
const EPSILON = 1e-16;
/** Keeps Lentz's continued fraction from dividing by zero. */
const TINY = 1e-300;
/** From this size on a negative binomial distribution is a Poisson one to more digits than anybody reads. */
const POISSON_SIZE = 1e9;

/** P(X >= k) for X ~ Poisson(mean); with full relative precision where it is tiny. */
export function poissonUpperTail(k: number, mean: number): number {
  if (k <= 0) return 1;
  return mean <= 0 ? 0 : incompleteGamma(k, mean);
}

/**
 * P(X >= k) for counts that scatter more than Poisson's: negative binomial with variance mean + mean²/size. With full
 * relative precision where it is tiny. size = Infinity is Poisson.
 */
export function negativeBinomialUpperTail(k: number, mean: number, size: number): number {
  if (k <= 0) return 1;
  if (mean <= 0 || size <= 0) return 0;
  return size > POISSON_SIZE ? poissonUpperTail(k, mean) : incompleteBeta(mean / (mean + size), k, size);
}

/** P(X = 0) for the same distribution: how likely silence is. */
export function negativeBinomialZero(mean: number, size: number): number {
  if (mean <= 0 || size <= 0) return 1;
  return size > POISSON_SIZE ? Math.exp(-mean) : Math.exp(-size * Math.log1p(mean / size));
}

/** The regularised lower incomplete gamma function P(a, x). */
function incompleteGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MAX_TERMS && term > sum * EPSILON; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.min(1, front * sum);
  }
  return 1 - front * gammaFraction(a, x);
}

/** Of the upper function, by the modified Lentz method (Numerical Recipes 6.2). */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < EPSILON) break;
  }
  return fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
