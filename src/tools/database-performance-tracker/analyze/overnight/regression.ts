import { findRise } from '../../../../core/statistics/step.ts';
import { type Interval, perCall, type PerCall, type StatementSeries } from './series.ts';

/** Chance of calling noise a step, for each statement that passes the floors. */
const ALPHA = 0.005;
const MIN_SIDE = 3;
/** Fewer intervals cannot reach ALPHA in any order. */
export const MIN_INTERVALS = 10;
/** Intervals next to the step that must show it as well: a slow drift does not. */
const NEAR = 6;
const LAST = 3;

export interface Regression {
  series: StatementSeries;
  /** The step lies between the end of the interval before it and the end of the first one after it. */
  stepFromMs: number;
  stepToMs: number;
  pValue: number;
  before: PerCall;
  after: PerCall;
  /** Time that the calls after the step took more than they would have. */
  extraMs: number;
}

export interface RegressionFloors {
  factor: number;
  leastMs: number;
  /** Intervals at the end that must show it still. */
  lastIntervals?: number;
  /** Part of the rise that must be left at the end; 0: whatever is above the factor. */
  remainingShare?: number;
}

/**
 * A step up in the time of one call that still lasts, or null. What is tested is time per call: more calls move the
 * total and not this. All intervals count the same, so that a busy hour does not outvote a quiet one.
 */
export function findRegression(
  series: StatementSeries,
  { factor, leastMs, lastIntervals = LAST, remainingShare = 0 }: RegressionFloors,
): Regression | null {
  const { intervals } = series;
  if (intervals.length < MIN_INTERVALS) return null;
  const step = findRise(
    intervals.map(({ totalMs, calls }) => Math.log(Math.max(totalMs / calls, 1e-6))),
    { minSide: MIN_SIDE },
  );
  if (step === null || step.pValue > ALPHA) return null;
  const earlier = intervals.slice(0, step.at);
  const later = intervals.slice(step.at);
  const [before, after] = [perCall(earlier), perCall(later)];
  if (before === null || after === null) return null;
  const rose = (from: PerCall | null, to: PerCall | null, by: number): boolean =>
    from !== null && to !== null && to.ms >= by * from.ms && to.ms - from.ms >= leastMs;
  const isStep = rose(perCall(earlier.slice(-NEAR)), perCall(later.slice(0, NEAR)), factor);
  const last = perCall(later.slice(-lastIntervals));
  const isLasting =
    rose(before, last, Math.sqrt(factor)) &&
    (last?.ms ?? 0) - before.ms >= remainingShare * (after.ms - before.ms);
  if (!rose(before, after, factor) || !isStep || !isLasting) return null;
  return {
    series,
    stepFromMs: (earlier.at(-1) as Interval).toMs,
    stepToMs: (later[0] as Interval).toMs,
    pValue: step.pValue,
    before,
    after,
    extraMs: (after.ms - before.ms) * after.calls,
  };
}

/** Grew in calls and not in time per call: load, listed so that nobody takes it for a regression. */
export interface LoadGrowth {
  series: StatementSeries;
  before: PerCall;
  after: PerCall;
}

const LOAD_FACTOR = 2;

export function findLoadGrowth(series: StatementSeries): LoadGrowth | null {
  const { intervals } = series;
  if (intervals.length < MIN_INTERVALS) return null;
  const step = findRise(
    intervals.map(({ calls, fromMs, toMs }) => Math.log(calls / Math.max(1, toMs - fromMs))),
    { minSide: MIN_SIDE },
  );
  if (step === null || step.pValue > ALPHA) return null;
  const [before, after] = [perCall(intervals.slice(0, step.at)), perCall(intervals.slice(step.at))];
  if (before === null || after === null) return null;
  return after.callsPerMinute >= LOAD_FACTOR * before.callsPerMinute ? { series, before, after } : null;
}

/** Statements that are not in the first part of the time at all, and take long where they are. */
export function findNewcomers(
  all: readonly StatementSeries[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  { slowMs, share }: { slowMs: number; share: number },
): { series: StatementSeries; now: PerCall; firstMs: number; share: number }[] {
  // "New" needs a past in which it was not there.
  const knownFromMs = fromMs + (toMs - fromMs) / 4;
  return all
    .map((series) => ({ series, now: perCall(series.intervals), firstMs: series.intervals[0]?.fromMs ?? 0 }))
    .filter(({ firstMs }) => firstMs >= knownFromMs)
    .flatMap(({ series, now, firstMs }) => {
      if (now === null || now.ms < slowMs) return [];
      const lived = all.flatMap(({ intervals }) => intervals.filter((one) => one.fromMs >= firstMs));
      const total = lived.reduce((sum, one) => sum + one.totalMs, 0);
      const part = total > 0 ? (now.ms * now.calls) / total : 0;
      return part >= share ? [{ series, now, firstMs, share: part }] : [];
    });
}
