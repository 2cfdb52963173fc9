/** Whether two counts over the same steps of time are one process, so that each of the one brings about one of the other. */
export interface Togetherness {
  /** Sum of the second over sum of the first. */
  ratio: number;
  /** Sum of the differences in the steps over the sum of the first: 0 is the same in every step. */
  difference: number;
  /** Pearson's; null where the counts hardly vary, or there are too few steps. */
  correlation: number | null;
  /**
   * How many more of the second come with one more of the first, by least squares; null where the correlation is. Counts
   * that are nearly constant may correlate by chance, and then rise by next to nothing.
   */
  slope: number | null;
  steps: number;
}

/** Fewer say nothing about moving together. */
const LEAST_STEPS = 4;
/** A correlation of counts that are nearly constant is that of their noise. */
const LEAST_VARIATION = 0.1;

export function compareSteps(expected: readonly number[], seen: readonly number[]): Togetherness {
  const total = sum(expected);
  const difference = sum(expected.map((value, index) => Math.abs(value - (seen[index] ?? 0))));
  return {
    ratio: total === 0 ? 0 : sum(seen) / total,
    difference: total === 0 ? Infinity : difference / total,
    ...(expected.length < LEAST_STEPS ? { correlation: null, slope: null } : fit(expected, seen)),
    steps: expected.length,
  };
}

function fit(a: readonly number[], b: readonly number[]): Pick<Togetherness, 'correlation' | 'slope'> {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [offA, offB] = [value - meanA, (b[index] ?? 0) - meanB];
    both += offA * offB;
    squaresA += offA * offA;
    squaresB += offB * offB;
  }
  if (Math.sqrt(squaresA / a.length) < LEAST_VARIATION * meanA) return { correlation: null, slope: null };
  return {
    correlation: squaresB === 0 ? 0 : both / Math.sqrt(squaresA * squaresB),
    slope: both / squaresA,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
