import { latencyCount, latencyMean } from '../../../core/load/latency-histogram.ts';
import { mannKendallRise } from '../../../core/statistics/trend.ts';
import type { LoadSlice } from '../record.ts';
import { mergeMeasures } from './merge.ts';

/** Loads that differ by less are the same. */
const SAME_LOAD = 0.02;
const MIN_LEVEL_SLICES = 3;
const DRIFT_ALPHA = 0.001;
/** A cut has to be worth its samples; slices that are all alike differ by rounding. */
const CLEARLY_BETTER = 0.9;
const ROUNDING = 1e-12;

/** The part of a run that is judged: one load, without its warm-up. */
export interface SteadyPart {
  slices: readonly LoadSlice[];
  /** Slices left out before it as warm-up, and because the load was another one. */
  warmUpSlices: number;
  otherSlices: number;
  /** level: one load throughout; ramp: the load changed all the time, so everything is judged. */
  kind: 'level' | 'ramp';
  /** Responses still grew slower within it. */
  drifting: boolean;
}

/** The longest span of one load, cut where its responses come to rest. */
export function steadyPart(slices: readonly LoadSlice[]): SteadyPart {
  const level = longestLevel(slices);
  if (level.length < MIN_LEVEL_SLICES) {
    return { slices, warmUpSlices: 0, otherSlices: 0, kind: 'ramp', drifting: false };
  }
  const warmUpSlices = warmUpLength(level);
  const steady = level.slice(warmUpSlices);
  return {
    slices: steady,
    warmUpSlices,
    otherSlices: slices.length - level.length,
    kind: 'level',
    drifting: mannKendallRise(meansOf(steady)) < DRIFT_ALPHA,
  };
}

/** Spans of equal load in their order, each of at least two slices. */
export function loadLevels(slices: readonly LoadSlice[]): LoadSlice[][] {
  const levels: LoadSlice[][] = [];
  for (const slice of slices) {
    const current = levels.at(-1);
    const [first] = current ?? [];
    if (current !== undefined && first !== undefined && isSameLoad(loadOf(first), loadOf(slice))) {
      current.push(slice);
    } else {
      levels.push([slice]);
    }
  }
  return levels.filter(({ length }) => length >= 2);
}

/** Sessions a second of an open model, users of a closed one. */
export function loadOf({ targetRate, users }: LoadSlice): number {
  return targetRate ?? users;
}

/**
 * How many slices to cut so that the mean of the rest is known best (MSER, White 1997): what is cut too early costs samples,
 * what is cut too late costs the truth, and the smallest standard error weighs both. At most half.
 */
export function warmUpLength(slices: readonly LoadSlice[]): number {
  const values = meansOf(slices);
  let best = { cut: 0, error: Infinity };
  for (let cut = 0; cut <= Math.floor(values.length / 2); cut += 1) {
    const rest = values.slice(cut);
    const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
    const error = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2;
    if (error + ROUNDING < best.error * CLEARLY_BETTER) best = { cut, error };
  }
  return best.cut;
}

/** Logarithms of mean responses: what varies in proportion. A slice in which nothing was answered is like its neighbour. */
function meansOf(slices: readonly LoadSlice[]): number[] {
  const means: number[] = [];
  for (const { endpoints } of slices) {
    const { response } = mergeMeasures('', endpoints);
    const mean = latencyCount(response) === 0 ? null : latencyMean(response);
    means.push(mean === null ? (means.at(-1) ?? 0) : Math.log(Math.max(mean, 1e-3)));
  }
  return means;
}

function longestLevel(slices: readonly LoadSlice[]): readonly LoadSlice[] {
  return loadLevels(slices).reduce<readonly LoadSlice[]>(
    // Of equally long ones the later: it had the longer warm-up.
    (longest, level) => (level.length >= longest.length ? level : longest),
    [],
  );
}

function isSameLoad(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME_LOAD * Math.max(a, b);
}
