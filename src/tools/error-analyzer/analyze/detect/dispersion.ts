import { median } from '../../../../core/statistics/summary.ts';
import type { Season } from './hours.ts';
import { type MinuteSeries, type SeenMinutes, seenBetween } from './minutes.ts';

const HOUR_MINUTES = 60;
/** Hours of the window with at least two records that are needed to see how an error scatters within an hour. */
const MIN_HOURS = 3;
/** Where nothing tells: errors seldom come one by one. */
const UNKNOWN_BATCHES = 2;
/** Fewer records of the past than this say nothing. */
const MIN_PAST_RECORDS = 10;
const MIN_DAYS = 0.01;
const UNKNOWN_DAYS = 0.05;
const MAX_DAYS = 4;
/** An outage of the past has the largest residuals; it is no reason to take outages for usual. */
const RESIDUALS_LEFT_OUT = 2;
/** Values lie closer to a median that was taken of them than the next one will. */
const NEXT_ONE = 1.3;

/** How counts scatter: variance = batches x mean + days x mean². */
export interface Dispersion {
  /** Variance over mean within an hour: 1 when each comes alone, 5 when five come together. */
  batches: number;
  /** Relative variance of the mean from day to day. */
  days: number;
}

interface Residual {
  count: number;
  usual: number;
}

/** From the minutes of the window, and from how the past scattered around its season. */
export function dispersionOf(minutes: MinuteSeries, seen: SeenMinutes, season: Season | null): Dispersion {
  const byHour = batchesByHour(minutes, seen);
  // Their median, so that a burst does not excuse itself.
  const within = byHour.length >= MIN_HOURS ? Math.max(1, median(byHour) ?? 1) : null;
  const past = season === null ? [] : withoutOutages(residualsOf(season, seen));
  const records = past.reduce((sum, { count }) => sum + count, 0);
  if (records < MIN_PAST_RECORDS) return { batches: within ?? UNKNOWN_BATCHES, days: UNKNOWN_DAYS };
  return within === null
    ? { batches: scatterOf(past), days: UNKNOWN_DAYS }
    : { batches: within, days: daysOf(past, within) };
}

/** Variance over mean of the minutes of each hour with at least two records. */
function batchesByHour({ minutes }: MinuteSeries, seen: SeenMinutes): number[] {
  const batches: number[] = [];
  let index = 0;
  while (index < minutes.length) {
    const from = Math.floor(minutes[index]![0] / HOUR_MINUTES) * HOUR_MINUTES;
    let sum = 0;
    let squares = 0;
    for (; index < minutes.length && minutes[index]![0] < from + HOUR_MINUTES; index += 1) {
      const count = minutes[index]![1];
      sum += count;
      squares += count * count;
    }
    const n = seenBetween(seen, Math.max(from, seen.from), Math.min(from + HOUR_MINUTES, seen.to));
    if (sum >= 2 && n > 1) batches.push((squares - (sum * sum) / n) / (n - 1) / (sum / n));
  }
  return batches;
}

function residualsOf(season: Season, seen: SeenMinutes): Residual[] {
  const residuals: Residual[] = [];
  for (let hour = Math.floor(seen.from / HOUR_MINUTES); hour * HOUR_MINUTES < seen.to; hour += 1) {
    residuals.push(...season.residuals(hour));
  }
  return residuals;
}

function withoutOutages(residuals: readonly Residual[]): Residual[] {
  return residuals
    .toSorted((a, b) => Math.abs(b.count - b.usual) - Math.abs(a.count - a.usual))
    .slice(RESIDUALS_LEFT_OUT);
}

/** Of rare errors: variance over mean of whole hours. */
function scatterOf(past: readonly Residual[]): number {
  const mean = past.reduce((sum, { count }) => sum + count, 0) / past.length;
  const squares = past.reduce((sum, { count }) => sum + (count - mean) ** 2, 0);
  return mean === 0 ? UNKNOWN_BATCHES : Math.max(1, squares / past.length / mean);
}

function daysOf(past: readonly Residual[], batches: number): number {
  let squares = 0;
  let sum = 0;
  let usualSquares = 0;
  for (const { count, usual } of past) {
    squares += (count - usual) ** 2;
    sum += usual;
    usualSquares += usual * usual;
  }
  if (usualSquares === 0) return UNKNOWN_DAYS;
  return Math.min(MAX_DAYS, Math.max(MIN_DAYS, (squares * NEXT_ONE - batches * sum) / usualSquares));
}
