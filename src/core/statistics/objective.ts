import { binomialUpperTail } from './binomial.ts';

/** One false alarm in a thousand looks. */
const ALPHA = 0.001;
const MIN_ABOVE = 3;

/** Whether the p95 is above the limit: if it were at the limit, each value would be above it with probability 5 %. */
export function missesObjective(latencies: readonly number[], limitMs: number): boolean {
  const above = countAbove(latencies, limitMs);
  return above >= MIN_ABOVE && binomialUpperTail(above, latencies.length, 0.05) < ALPHA;
}

export function countAbove(values: readonly number[], limit: number): number {
  return values.filter((value) => value > limit).length;
}
