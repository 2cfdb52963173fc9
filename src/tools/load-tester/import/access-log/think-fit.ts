/** Sums of the logarithms of pauses, from which the lognormal's maximum likelihood follows. */
export interface ThinkFit {
  count: number;
  sum: number;
  sumOfSquares: number;
}

/** A pause below this is a request that was sent at once. */
const LEAST_MS = 1;

export function newFit(): ThinkFit {
  return { count: 0, sum: 0, sumOfSquares: 0 };
}

export function addPause(fit: ThinkFit, ms: number): void {
  const logarithm = Math.log(Math.max(LEAST_MS, ms));
  fit.count += 1;
  fit.sum += logarithm;
  fit.sumOfSquares += logarithm * logarithm;
}

export function mergeFit(into: ThinkFit, other: ThinkFit): void {
  into.count += other.count;
  into.sum += other.sum;
  into.sumOfSquares += other.sumOfSquares;
}

/** null where there was no pause at all. */
export function fitted({ count, sum, sumOfSquares }: ThinkFit): { medianMs: number; sigma: number } | null {
  if (count === 0) return null;
  const mean = sum / count;
  const variance = Math.max(0, sumOfSquares / count - mean * mean);
  return { medianMs: Math.exp(mean), sigma: Math.min(3, Math.sqrt(variance)) };
}
