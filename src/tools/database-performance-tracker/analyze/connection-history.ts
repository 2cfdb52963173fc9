import { median } from '../../../core/statistics/summary.ts';

/** A value at a time, in time order where there are several. */
export interface Point {
  atMs: number;
  value: number;
}

/** What watching has kept of the connections; empty where nothing was watched. */
export interface ConnectionHistory {
  /** Sessions of clients. */
  used: readonly Point[];
  /** Idle sessions, by application. */
  idle: ReadonlyMap<string, readonly Point[]>;
}

export const NO_HISTORY: ConnectionHistory = { used: [], idle: new Map() };

/** Process ids of the sessions of each application at one moment. */
export interface ActivityLook {
  atMs: number;
  pids: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Fewer values, or a shorter time, show no trend. */
const MIN_POINTS = 8;
const MIN_SPAN_MS = 5 * 60_000;
/** Pairs grow with the square of the points. */
const MAX_POINTS = 120;

export interface Trend {
  perHour: number;
  /** From the first value to the last. */
  spanMs: number;
  /** Of the fitted line. */
  rise: number;
}

/**
 * Slope by Theil and Sen: the median over all pairs, so that a third of the values may be anything. null without a
 * rise that stands out from the scatter around it, or with too little to see one.
 */
export function risingTrend(points: readonly Point[], minRise: number): Trend | null {
  const thinned = thin(points);
  const spanMs = (thinned.at(-1)?.atMs ?? 0) - (thinned[0]?.atMs ?? 0);
  if (thinned.length < MIN_POINTS || spanMs < MIN_SPAN_MS) return null;
  const slope = median(pairSlopes(thinned)) ?? 0;
  const offsets = thinned.map(({ atMs, value }) => value - slope * atMs);
  const level = median(offsets) ?? 0;
  const scatter = median(offsets.map((offset) => Math.abs(offset - level))) ?? 0;
  const rise = slope * spanMs;
  if (rise < minRise || rise < 4 * scatter) return null;
  return { perHour: slope * 3_600_000, spanMs, rise };
}

/** How far the values fell below their highest one before, at most: what is given back falls. */
export function largestFall(points: readonly Point[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  let fall = 0;
  for (const { value } of points) {
    highest = Math.max(highest, value);
    fall = Math.max(fall, highest - value);
  }
  return fall;
}

function pairSlopes(points: readonly Point[]): number[] {
  return points.flatMap((a, index) =>
    points
      .slice(index + 1)
      .filter((b) => b.atMs > a.atMs)
      .map((b) => (b.value - a.value) / (b.atMs - a.atMs)),
  );
}

function thin(points: readonly Point[]): Point[] {
  const step = Math.max(1, Math.ceil(points.length / MAX_POINTS));
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
}
