import { median } from '../../../../core/statistics/summary.ts';
import { MIN_SEASON_DAYS, MIN_SEASON_WEEKS, SEASON_DAYS, SEASON_WEEKS } from './thresholds.ts';

const DAY_HOURS = 24;
const WEEK_HOURS = 168;
/** What is usual of late: twelve stretches of six hours. */
const LEVEL_BLOCKS = 12;
const LEVEL_BLOCK_HOURS = 6;
const MIN_LEVEL_BLOCKS = 4;
/** An error that has become rarer is not allowed to make its own past a spike. */
const MIN_LEVEL = 0.5;
/** A median of one is that one. */
const MIN_SAMPLES = 2;
/** Share of days that may be outages. */
const FULLEST_DAYS = 0.05;
/** Of the three hours that are averaged: their squared weights are (1 + 4 + 1) / 16; a median is 64 % as efficient as a mean. */
const HOURS_PER_SAMPLE = (16 / 6) * 0.64;

/** Counts of whole hours before the window, dense. Before `fromHour` nothing is known. */
export interface HourSeries {
  fromHour: number;
  counts: Float64Array;
  /** sums[i]: records of the first i hours. */
  sums: Float64Array;
  /** unread[i]: how many of the first i hours were not read: what they would have shown is not known, and not 0. */
  unread: Float64Array;
}

/** `read`: hours in which any record was read; null when that was not kept, and an hour without an entry is taken for one without errors. */
export function hourSeries(
  hours: readonly (readonly [hour: number, count: number])[],
  fromHour: number,
  toHour: number,
  read: ReadonlySet<number> | null = null,
): HourSeries {
  const counts = new Float64Array(Math.max(0, toHour - fromHour));
  for (const [hour, count] of hours) {
    if (hour >= fromHour && hour < toHour) counts[hour - fromHour] = count;
  }
  const sums = new Float64Array(counts.length + 1);
  const unread = new Float64Array(counts.length + 1);
  for (let index = 0; index < counts.length; index += 1) {
    sums[index + 1] = sums[index]! + counts[index]!;
    unread[index + 1] = unread[index]! + (read === null || read.has(fromHour + index) ? 0 : 1);
  }
  return { fromHour, counts, sums, unread };
}

function isRead({ unread }: HourSeries, index: number, hours = 1): boolean {
  return unread[index + hours] === unread[index];
}

/** What an hour usually has, and how many hours of counting that rests on. */
export interface Usual {
  perHour: number;
  overHours: number;
}

export interface Season {
  period: 'week' | 'day';
  /** Whole days before the window. */
  days: number;
  /** Weeks or days that are looked at, at most. */
  maxPeriods: number;
  /** Mean of all hours, without the fullest days. */
  average: number;
  usual(hour: number): Usual;
  /** Pairs of what an hour of the past had and what would have been usual for it, around this hour. */
  residuals(hour: number): { count: number; usual: number }[];
}

/**
 * The same hours of other weeks or, with less than three weeks, of other days: their median, so that an outage of last week is no
 * reason to expect one today, times how the last three days compare with it, so that growth is followed. null with less than three days.
 */
export function seasonOf(series: HourSeries): Season | null {
  const known = readHours(series);
  if (known < MIN_SEASON_DAYS * DAY_HOURS) return null;
  const isWeekly = known >= MIN_SEASON_WEEKS * WEEK_HOURS;
  const period = isWeekly ? WEEK_HOURS : DAY_HOURS;
  const most = isWeekly ? SEASON_WEEKS : SEASON_DAYS;
  const level = recentLevel(series, period, most);
  // Rare errors have a median of 0 everywhere; a quarter of the average is what the emptiest hour is granted.
  const average = averageHour(series);
  const floor = average / 4;
  return {
    period: isWeekly ? 'week' : 'day',
    days: Math.floor(known / DAY_HOURS),
    maxPeriods: most,
    average,
    usual(hour) {
      const samples = samplesOf(series, hour, period, most, smoothed);
      // Hours of the day that were hardly ever read.
      if (samples.length < MIN_SAMPLES) return { perHour: average, overHours: known / 4 };
      const seasonal = (median(samples) ?? 0) * level;
      return seasonal >= floor
        ? { perHour: seasonal, overHours: samples.length * HOURS_PER_SAMPLE }
        : { perHour: floor, overHours: known / 4 };
    },
    residuals(hour) {
      const usual = median(samplesOf(series, hour, period, most, smoothed)) ?? 0;
      return samplesOf(series, hour, period, most, countOf).map((count) => ({ count, usual }));
    },
  };
}

/** Hours that were read. */
export function readHours({ counts, unread }: HourSeries): number {
  return counts.length - unread.at(-1)!;
}

/** Mean of the hours of days that were read whole, without the fullest of them; of all hours read where there is no such day. */
export function averageHour(series: HourSeries): number {
  const { counts, sums } = series;
  const days: number[] = [];
  for (let end = counts.length; end >= DAY_HOURS; end -= DAY_HOURS) {
    const start = end - DAY_HOURS;
    if (isRead(series, start, DAY_HOURS)) days.push(sums[end]! - sums[start]!);
  }
  if (days.length === 0) return sums.at(-1)! / Math.max(1, readHours(series));
  const kept = days.sort((a, b) => a - b).slice(0, Math.ceil(days.length * (1 - FULLEST_DAYS)));
  return kept.reduce((sum, count) => sum + count, 0) / (kept.length * DAY_HOURS);
}

function samplesOf(
  series: HourSeries,
  hour: number,
  period: number,
  most: number,
  of: (series: HourSeries, index: number) => number,
): number[] {
  const samples: number[] = [];
  for (let index = hour - period - series.fromHour; index >= 0 && samples.length < most; index -= period) {
    if (index < series.counts.length && isRead(series, index)) samples.push(of(series, index));
  }
  return samples;
}

function countOf({ counts }: HourSeries, index: number): number {
  return counts[index] ?? 0;
}

/** With half of the hours beside it, where they were read. */
function smoothed(series: HourSeries, index: number): number {
  const here = countOf(series, index);
  const beside = (at: number): number =>
    at >= 0 && at < series.counts.length && isRead(series, at) ? countOf(series, at) : here;
  return (beside(index - 1) + 2 * here + beside(index + 1)) / 4;
}

/** Median over the last three days of what there was beside what the season says. */
function recentLevel(series: HourSeries, period: number, most: number): number {
  const { counts, sums } = series;
  const sumOf = (start: number): number => sums[start + LEVEL_BLOCK_HOURS]! - sums[start]!;
  const ratios: number[] = [];
  for (let block = 1; block <= LEVEL_BLOCKS; block += 1) {
    const start = counts.length - block * LEVEL_BLOCK_HOURS;
    if (start < period) break;
    if (!isRead(series, start, LEVEL_BLOCK_HOURS)) continue;
    const earlier: number[] = [];
    for (let index = start - period; index >= 0 && earlier.length < most; index -= period) {
      if (isRead(series, index, LEVEL_BLOCK_HOURS)) earlier.push(sumOf(index));
    }
    if (earlier.length === 0) continue;
    ratios.push((sumOf(start) + 1) / ((median(earlier) ?? 0) + 1));
  }
  return ratios.length < MIN_LEVEL_BLOCKS ? 1 : Math.max(MIN_LEVEL, median(ratios) ?? 1);
}
