import { follows, isMet, isVoid, plateauOf } from './search.ts';
import type { CapacityResult, CapacityStep, Knee } from './types.ts';

/** A p95 that rises less over all steps never left its floor. */
const LEAST_RISE = 1.5;
const FEWEST_POINTS = 4;
const CANDIDATES = 400;

/**
 * Where the p95 leaves its floor: the bend of two straight lines, one flat and one rising, through the logarithms of the p95 over the
 * rate, by least squares. Steps far beyond the first that broke say how long they lasted, not how the backend is, and are left out.
 * null with fewer than four steps, and where nothing bends.
 */
export function kneeOf(steps: readonly CapacityStep[]): Knee | null {
  const points = pointsOf(steps);
  const [first] = points;
  const last = points.at(-1);
  if (points.length < FEWEST_POINTS || first === undefined || last === undefined) return null;
  let best: { rate: number; level: number; slope: number; error: number } | null = null;
  for (let index = 0; index < CANDIDATES; index += 1) {
    const rate = first.rate + ((last.rate - first.rate) * index) / CANDIDATES;
    const fit = bendAt(points, rate);
    if (fit !== null && (best === null || fit.error < best.error)) best = { rate, ...fit };
  }
  if (best === null || best.slope * (last.rate - best.rate) < Math.log(LEAST_RISE)) return null;
  const { rate, level } = best;
  return {
    rate,
    between: [
      points.findLast((point) => point.rate <= rate)?.rate ?? first.rate,
      points.find((point) => point.rate > rate)?.rate ?? last.rate,
    ],
    floorMs: Math.exp(level),
  };
}

/** Where sessions stop completing as fast as they come, which the latency says earlier or later. */
export function breakingPointOf(steps: readonly CapacityStep[]): CapacityResult['breaking'] {
  const plateau = plateauOf(steps);
  if (plateau === null) return null;
  const stuck = steps.filter((step) => !isVoid(step) && !follows(step)).toSorted((a, b) => a.rate - b.rate);
  const [first] = stuck;
  const furthest = stuck.at(-1);
  if (first === undefined || furthest === undefined) return null;
  return {
    rate: Math.min(first.rate, plateau),
    completedAtMost: plateau,
    collapses: furthest.completedRate < plateau * 0.8,
  };
}

interface Point {
  rate: number;
  /** Logarithm of milliseconds. */
  level: number;
}

/** One point a rate, up to the first rate that broke. */
function pointsOf(steps: readonly CapacityStep[]): Point[] {
  const judged = steps.filter((step) => !isVoid(step)).toSorted((a, b) => a.rate - b.rate);
  const breaks = judged.find((step) => !isMet(step))?.rate ?? Infinity;
  const levels = new Map<number, number>();
  for (const { rate, p95Ms } of judged) {
    if (rate <= breaks && p95Ms !== null && p95Ms > 0) levels.set(rate, Math.log(p95Ms));
  }
  return [...levels].map(([rate, level]) => ({ rate, level }));
}

/** Least squares of level + slope * max(0, rate - bend); null when nothing rises. */
function bendAt(
  points: readonly Point[],
  bend: number,
): { level: number; slope: number; error: number } | null {
  const n = points.length;
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (const { rate, level } of points) {
    const x = Math.max(0, rate - bend);
    sumX += x;
    sumY += level;
    sumXX += x * x;
    sumXY += x * level;
  }
  const spread = n * sumXX - sumX * sumX;
  if (spread <= 0) return null;
  const slope = (n * sumXY - sumX * sumY) / spread;
  if (slope <= 0) return null;
  const level = (sumY - slope * sumX) / n;
  const error = points.reduce(
    (sum, point) => sum + (point.level - level - slope * Math.max(0, point.rate - bend)) ** 2,
    0,
  );
  return { level, slope, error };
}
