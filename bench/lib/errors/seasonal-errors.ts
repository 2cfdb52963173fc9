import { type RandomSource, randomNormal } from '../../../src/core/statistics/random.ts';

export const DAY_MINUTES = 1_440;
export const HISTORY_DAYS = 35;
const HOUR_MINUTES = 60;

/** How one error behaves when nothing is wrong. */
export interface ErrorHabit {
  id: string;
  /** Records a minute, averaged over a week. */
  perMinute: number;
  /** How many come at once, on average. */
  batch: number;
  /** Minute of the day at which a job reports all of them; null for errors of requests. */
  jobAt: number | null;
  /** Relative scatter of its level from day to day. */
  wobble: number;
}

export interface SeasonalErrors {
  habits: readonly ErrorHabit[];
  /** All records per minute from the first minute after the history. */
  records: Float64Array;
  /** Per error: counts of the same minutes. */
  minutes: readonly Float64Array[];
  /** Per error: counts per hour of the history. */
  hours: readonly Float64Array[];
  /** All records per hour of the history. */
  recordHours: Float64Array;
}

/** An application with this many requests at its mean minute writes five million lines a day. */
const RECORDS_A_MINUTE = 3_500;
/** Campaigns: traffic, and with it every error of requests, is up for half an hour, once in so many days. */
const SURGE_EVERY_DAYS = 3;
const SURGE_FACTOR = 2.5;
const SURGE_MINUTES = 30;
/** Outages in the history, so that it is not cleaner than anybody's. */
const OUTAGES_A_DAY = 1;
const OUTAGE_FACTOR = 15;

/** Errors from twenty a minute to one a month: steady, in batches, from nightly jobs. */
export function makeHabits(
  random: RandomSource,
  sizes: { busy: number; middle: number; batched: number; jobs: number; rare: number },
): ErrorHabit[] {
  const between = (low: number, high: number): number => low * (high / low) ** random();
  const make = (kind: string, count: number, of: () => Omit<ErrorHabit, 'id'>): ErrorHabit[] =>
    Array.from({ length: count }, (_, index) => ({ id: `${kind}-${index}`, ...of() }));
  const steady = { batch: 1, jobAt: null };
  return [
    ...make('busy', sizes.busy, () => ({
      ...steady,
      perMinute: between(0.2, 20),
      wobble: between(0.03, 0.3),
    })),
    ...make('middle', sizes.middle, () => ({ ...steady, perMinute: between(0.02, 0.2), wobble: 0.1 })),
    ...make('batched', sizes.batched, () => ({
      perMinute: between(0.005, 1),
      batch: between(2, 8),
      jobAt: null,
      wobble: 0.1,
    })),
    ...make('job', sizes.jobs, () => ({
      perMinute: between(20, 200) / DAY_MINUTES,
      batch: 1,
      jobAt: Math.floor(random() * DAY_MINUTES),
      wobble: 0.1,
    })),
    ...make('rare', sizes.rare, () => ({ ...steady, perMinute: between(0.03, 3) / DAY_MINUTES, wobble: 0 })),
  ];
}

/** Day 0 of the history is a Monday. */
export function makeSeasonalErrors(
  random: RandomSource,
  habits: readonly ErrorHabit[],
  days: number,
): SeasonalErrors {
  const allDays = HISTORY_DAYS + days;
  const load = Float64Array.from({ length: allDays * DAY_MINUTES }, (_, minute) => loadAt(minute));
  for (let day = 0; day < allDays; day += SURGE_EVERY_DAYS) {
    const from = day * DAY_MINUTES + Math.floor(random() * (DAY_MINUTES - SURGE_MINUTES));
    for (let minute = from; minute < from + SURGE_MINUTES; minute += 1) load[minute]! *= SURGE_FACTOR;
  }
  const records = load.map((factor) => poisson(random, RECORDS_A_MINUTE * factor));
  const outages = new Map<string, number>();
  for (let count = 0; count < OUTAGES_A_DAY * HISTORY_DAYS; count += 1) {
    const habit = habits[Math.floor(random() * habits.length)]!;
    outages.set(`${habit.id} ${Math.floor(random() * HISTORY_DAYS * 24)}`, OUTAGE_FACTOR);
  }
  const minutes: Float64Array[] = [];
  const hours: Float64Array[] = [];
  for (const habit of habits) {
    const counts = countsOf(random, habit, load, allDays);
    const past = perHour(counts.subarray(0, HISTORY_DAYS * DAY_MINUTES));
    hours.push(past.map((count, hour) => Math.round(count * (outages.get(`${habit.id} ${hour}`) ?? 1))));
    minutes.push(counts.slice(HISTORY_DAYS * DAY_MINUTES));
  }
  return {
    habits,
    records: records.slice(HISTORY_DAYS * DAY_MINUTES),
    minutes,
    hours,
    recordHours: perHour(records.subarray(0, HISTORY_DAYS * DAY_MINUTES)),
  };
}

/** Nights at a fifth of noon, weekends at half; 1 on average. */
function loadAt(minute: number): number {
  const ofDay = (minute % DAY_MINUTES) / DAY_MINUTES;
  const day = 1 - 0.67 * Math.cos(2 * Math.PI * (ofDay - 4 / 24));
  const isWeekend = Math.floor(minute / DAY_MINUTES) % 7 >= 5;
  return (day * (isWeekend ? 0.5 : 1)) / 0.857;
}

function countsOf(random: RandomSource, habit: ErrorHabit, load: Float64Array, days: number): Float64Array {
  const counts = new Float64Array(days * DAY_MINUTES);
  for (let day = 0; day < days; day += 1) {
    const level = Math.exp(habit.wobble * randomNormal(random));
    if (habit.jobAt === null) {
      for (let ofDay = 0; ofDay < DAY_MINUTES; ofDay += 1) {
        const minute = day * DAY_MINUTES + ofDay;
        counts[minute] = batches(
          random,
          (habit.perMinute * level * load[minute]!) / habit.batch,
          habit.batch,
        );
      }
    } else {
      // Up to ten minutes early or late, done within three.
      const start = day * DAY_MINUTES + Math.max(0, habit.jobAt + Math.round(20 * random() - 10));
      for (let minute = start; minute < Math.min(start + 3, counts.length); minute += 1) {
        counts[minute]! += poisson(random, (habit.perMinute * level * DAY_MINUTES) / 3);
      }
    }
  }
  return counts;
}

function batches(random: RandomSource, mean: number, size: number): number {
  const arrivals = poisson(random, mean);
  if (size === 1) return arrivals;
  let count = 0;
  for (let arrival = 0; arrival < arrivals; arrival += 1) count += 1 + poisson(random, size - 1);
  return count;
}

/** Knuth's product for small means, the normal approximation for large ones. */
export function poisson(random: RandomSource, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * randomNormal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

export function perHour(minutes: Float64Array): Float64Array {
  const hours = new Float64Array(Math.floor(minutes.length / HOUR_MINUTES));
  for (let hour = 0; hour < hours.length; hour += 1) {
    for (let minute = 0; minute < HOUR_MINUTES; minute += 1)
      hours[hour]! += minutes[hour * HOUR_MINUTES + minute]!;
  }
  return hours;
}
