import { counted } from '../../../../core/counted.ts';
import { median } from '../../../../core/statistics/summary.ts';
import type { GroupHistory, MinuteCounts } from '../model.ts';
import { type Dispersion, dispersionOf } from './dispersion.ts';
import { averageHour, hourSeries, type HourSeries, readHours, type Season, seasonOf } from './hours.ts';
import { countBetween, type MinuteSeries, minuteSeries, type SeenMinutes, seenBetween } from './minutes.ts';
import { MIN_BLOCKS } from './thresholds.ts';
import { HOUR_MS } from '../minutes.ts';

const HOUR_MINUTES = 60;
/** Stretches that a window is cut into to see what is usual in it: 24 at most of an hour each. */
const BLOCKS = 24;
/** Share of the fullest stretches that is left out of a mean: an incident may last that long. */
const TRIMMED = 0.2;
/** A median of fewer records than this is mostly rounding. */
const MIN_MEDIAN = 3;
/** An hour with this many times the average holds a quarter of the day: a job, whose records may all come within one minute. */
const JOB_FACTOR = 6;
const MIN_JOB_RECORDS = 5;
/** Hours of past from which on an error without a season is compared with them, too. */
const MIN_YOUNG_HOURS = 6;

/** What counts of a group in any span of the window are compared with. */
export interface Expectation {
  /** Records from a minute up to but not including another, were nothing unusual going on. */
  mean(from: number, to: number): number;
  /** The same without more traffic as an excuse: never more than the mean, and quicker. */
  least(from: number, to: number): number;
  /** Size of the negative binomial distribution around that mean, with how unsure the mean itself is. */
  size(from: number, to: number, mean: number): number;
  /** Whole days of past behind it; 0 when it is the window alone. */
  pastDays: number;
  /** `the same hours of 5 weeks` */
  basis: string;
}

/** How traffic compares with what was usual in the same span; 1 where nothing tells. */
export type TrafficRatio = (from: number, to: number) => number;

/** What is remembered of a group, since when reading began, and the hours in which anything was read; null where not kept. */
export interface Past {
  known: GroupHistory | undefined;
  fromMs: number | null;
  read: ReadonlySet<number> | null;
}

/** null: too little was seen to say what is usual. */
export function expectationOf(
  counts: MinuteSeries,
  seen: SeenMinutes,
  past: Past,
  traffic: { season: TrafficRatio; window: TrafficRatio },
): Expectation | null {
  const series = seriesOf(past, seen);
  const season = series === null ? null : seasonOf(series);
  if (season !== null) return seasonalExpectation(season, counts, seen, traffic.season);
  // Young, but not of today.
  const perHour = series === null || readHours(series) < MIN_YOUNG_HOURS ? 0 : averageHour(series);
  return windowExpectation(counts, seen, traffic.window, perHour);
}

/** Ratios for errors that have a season, which holds that of traffic already, and for those without. */
export function trafficRatios(
  traffic: MinuteCounts,
  recordHours: GroupHistory['hours'],
  historyFromMs: number | null,
  seen: SeenMinutes,
): { season: TrafficRatio; window: TrafficRatio } {
  const counts = minuteSeries(traffic);
  const ratioTo =
    (expectation: Expectation | null): TrafficRatio =>
    (from, to) => {
      const mean = expectation?.least(from, to) ?? 0;
      return mean <= 0 ? 1 : countBetween(counts, from, to) / mean;
    };
  const none: TrafficRatio = () => 1;
  const first = recordHours[0];
  const fromMs = historyFromMs ?? (first === undefined ? null : first[0] * HOUR_MS);
  const season =
    first === undefined || fromMs === null
      ? null
      : seasonOf(
          hourSeries(
            recordHours,
            Math.ceil(fromMs / HOUR_MS),
            Math.floor(seen.from / HOUR_MINUTES),
            new Set(recordHours.map(([hour]) => hour)),
          ),
        );
  return {
    season: season === null ? none : ratioTo(seasonalExpectation(season, counts, seen, none)),
    window: ratioTo(windowExpectation(counts, seen, none)),
  };
}

function seriesOf({ known, fromMs, read }: Past, seen: SeenMinutes): HourSeries | null {
  if (known === undefined || fromMs === null) return null;
  // A group that is younger than reading has its own past only.
  const whole = Math.ceil(Math.max(fromMs, known.firstSeenMs) / HOUR_MS);
  return hourSeries(known.hours, whole, Math.floor(seen.from / HOUR_MINUTES), read);
}

function seasonalExpectation(
  season: Season,
  counts: MinuteSeries,
  seen: SeenMinutes,
  traffic: TrafficRatio,
): Expectation {
  const firstHour = Math.floor(seen.from / HOUR_MINUTES);
  const hours = Math.max(1, Math.ceil(seen.to / HOUR_MINUTES) - firstHour);
  // With the hour before and after, into which a job may have moved.
  const usual = Array.from({ length: hours + 2 }, (_, index) => season.usual(firstHour - 1 + index));
  const dispersion = dispersionOf(counts, seen, season);
  const jobOf = (index: number): number | null => {
    const most = Math.max(...[index, index + 1, index + 2].map((near) => usual[near]?.perHour ?? 0));
    return most >= MIN_JOB_RECORDS && most >= JOB_FACTOR * season.average ? most : null;
  };
  const jobs = Array.from({ length: hours }, (_, index) => jobOf(index));
  const indexOf = (minute: number): number =>
    Math.min(hours - 1, Math.max(0, Math.floor(minute / HOUR_MINUTES) - firstHour));
  const least = (from: number, to: number): number => {
    let mean = 0;
    for (let index = indexOf(from); index <= indexOf(to - 1); index += 1) {
      const start = (firstHour + index) * HOUR_MINUTES;
      const minutes = seenBetween(seen, Math.max(from, start), Math.min(to, start + HOUR_MINUTES));
      const { perHour, overHours } = usual[index + 1]!;
      mean += jobs[index] ?? ((perHour + 0.5 / overHours) * minutes) / HOUR_MINUTES;
    }
    return mean;
  };
  return {
    least,
    mean: (from, to) => least(from, to) * Math.max(1, traffic(from, to)),
    size(from, _to, mean) {
      const { perHour, overHours } = usual[indexOf(from) + 1]!;
      return sizeOf(dispersion, mean, perHour * overHours);
    },
    pastDays: season.days,
    basis:
      season.period === 'week'
        ? `the same hours of ${counted(Math.min(season.maxPeriods, Math.floor(season.days / 7)), 'week')}`
        : `the same hours of ${counted(Math.min(season.maxPeriods, season.days), 'day')}`,
  };
}

/** Without a season: what most stretches of the window have, or its few hours of past had if that is more; more where traffic is more. */
function windowExpectation(
  counts: MinuteSeries,
  seen: SeenMinutes,
  traffic: TrafficRatio,
  pastPerHour = 0,
): Expectation | null {
  const blockMinutes = Math.min(HOUR_MINUTES, Math.max(1, Math.floor((seen.to - seen.from) / BLOCKS)));
  const perBlock: number[] = [];
  for (let start = seen.from; start + blockMinutes <= seen.to; start += blockMinutes) {
    const minutes = seenBetween(seen, start, start + blockMinutes);
    if (minutes < blockMinutes / 2) continue;
    const ratio = Math.max(1, traffic(start, start + blockMinutes));
    perBlock.push((countBetween(counts, start, start + blockMinutes) * blockMinutes) / (minutes * ratio));
  }
  if (perBlock.length < MIN_BLOCKS) return null;
  const usual = Math.max(usualBlock(perBlock), (pastPerHour * blockMinutes) / HOUR_MINUTES);
  const total = usual * perBlock.length;
  const perMinute = (total + 0.5) / (perBlock.length * blockMinutes);
  const dispersion = dispersionOf(counts, seen, null);
  const least = (from: number, to: number): number => perMinute * seenBetween(seen, from, to);
  return {
    least,
    mean: (from, to) => least(from, to) * Math.max(1, traffic(from, to)),
    size: (_from, _to, mean) => sizeOf(dispersion, mean, total),
    pastDays: 0,
    basis: 'the rest of the window',
  };
}

function usualBlock(perBlock: readonly number[]): number {
  const middle = median(perBlock) ?? 0;
  if (middle >= MIN_MEDIAN) return middle;
  const kept = perBlock.toSorted((a, b) => a - b).slice(0, Math.ceil(perBlock.length * (1 - TRIMMED)));
  return Math.max(middle, kept.reduce((sum, count) => sum + count, 0) / kept.length);
}

/** Variance: batches x mean + (days + 1 / records that the mean rests on) x mean². Size: mean² / (variance - mean). */
function sizeOf({ batches, days }: Dispersion, mean: number, records: number): number {
  return mean / (batches - 1 + mean * (days + 1 / (records + 0.5)));
}
