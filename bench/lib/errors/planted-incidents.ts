import { type RandomSource, randomInteger } from '../../../src/core/statistics/random.ts';
import type { DetectionKind } from '../../../src/tools/error-analyzer/analyze/detect/types.ts';
import { DAY_MINUTES, type ErrorHabit, poisson } from './seasonal-errors.ts';

/** An incident whose truth is known. Minutes count from the end of the history. */
export interface Planted {
  kind: DetectionKind;
  group: string;
  from: number;
  to: number;
  /** Minute from which it could be told: its first record, or the second one of a new error. */
  tellableAt: number;
}

export interface PlantedDay {
  incidents: readonly Planted[];
  /** What planted errors have; added to the counts of known ones. */
  added: ReadonlyMap<string, Float64Array>;
  /** Known errors that stop: from this minute on they have nothing. */
  stopped: ReadonlyMap<string, number>;
  /** Resolved errors and the release that reports them again; the old ones are no regression. */
  regressed: ReadonlyMap<string, 'fixed build' | 'old build'>;
}

const NEW_BURSTS = 5;
const NEW_RARE = 5;
const SPIKES = 20;
const REGRESSIONS = 4;
const RISES = 3;
const STOPS = 3;
/** Nothing begins in the first two hours and the last four, so that each can be told and lasts. */
const FIRST_MINUTE = 120;
const LAST_MINUTE = DAY_MINUTES - 240;

/** 40 incidents in one day, each in an error of its own, and four errors that only old builds still report. */
export function plantIncidents(
  random: RandomSource,
  habits: readonly ErrorHabit[],
  minutes: number,
): PlantedDay {
  const incidents: Planted[] = [];
  const added = new Map<string, Float64Array>();
  const stopped = new Map<string, number>();
  const regressed = new Map<string, 'fixed build' | 'old build'>();
  const untouched = [...habits];
  const take = (fits: (habit: ErrorHabit) => boolean): ErrorHabit => {
    const candidates = untouched.filter(fits);
    const habit = candidates[randomInteger(random, candidates.length)]!;
    untouched.splice(untouched.indexOf(habit), 1);
    return habit;
  };
  const begin = (): number => FIRST_MINUTE + randomInteger(random, LAST_MINUTE - FIRST_MINUTE);
  const addRate = (group: string, from: number, to: number, perMinute: number): Float64Array => {
    const counts = added.get(group) ?? new Float64Array(minutes);
    for (let minute = from; minute < to; minute += 1) counts[minute]! += poisson(random, perMinute);
    added.set(group, counts);
    return counts;
  };
  const between = (low: number, high: number): number => low * (high / low) ** random();

  for (let index = 0; index < NEW_BURSTS + REGRESSIONS * 2; index += 1) {
    const isNew = index < NEW_BURSTS;
    const isOld = index >= NEW_BURSTS + REGRESSIONS;
    const group = isNew ? `new-${index}` : `resolved-${index}`;
    const from = begin();
    const to = from + Math.round(between(10, 60));
    const counts = addRate(group, from, to, between(1, 20));
    if (!isNew) regressed.set(group, isOld ? 'old build' : 'fixed build');
    if (!isOld) {
      const tellableAt = sightingAt(counts, from, isNew ? 2 : 1);
      incidents.push({ kind: isNew ? 'new' : 'regressed', group, from, to, tellableAt });
    }
  }
  for (let index = 0; index < NEW_RARE; index += 1) {
    const group = `rare-new-${index}`;
    const from = begin();
    const counts = new Float64Array(minutes);
    for (const minute of [0, 20 + randomInteger(random, 60), 90 + randomInteger(random, 90)]) {
      counts[from + minute]! += 1;
    }
    added.set(group, counts);
    incidents.push({ kind: 'new', group, from, to: from + 180, tellableAt: sightingAt(counts, from, 2) });
  }
  for (let index = 0; index < SPIKES; index += 1) {
    const { id, perMinute, batch, jobAt } = take(() => true);
    const from = begin();
    const to = from + Math.round(between(5, 40));
    // Of what is usual in the busiest hour; a job's is usual only at its own time.
    const usual = jobAt === null ? perMinute * 2 : 0;
    const least = Math.max(8, 4 * usual, 4 * (batch - 1));
    addRate(id, from, to, between(least, 5 * least));
    incidents.push({ kind: 'spiking', group: id, from, to, tellableAt: from });
  }
  for (let index = 0; index < RISES; index += 1) {
    const { id, perMinute } = take(
      (habit) => habit.batch === 1 && habit.perMinute >= 0.1 && habit.wobble < 0.2,
    );
    const from = begin();
    addRate(id, from, from + 240, perMinute * 2 * 3);
    incidents.push({ kind: 'escalating', group: id, from, to: from + 240, tellableAt: from });
  }
  for (let index = 0; index < STOPS; index += 1) {
    const { id } = take((habit) => habit.batch === 1 && habit.perMinute >= 0.5);
    const from = begin();
    stopped.set(id, from);
    incidents.push({ kind: 'disappeared', group: id, from, to: minutes, tellableAt: from });
  }
  return { incidents, added, stopped, regressed };
}

/** Minute of the n-th record. */
function sightingAt(counts: Float64Array, from: number, nth: number): number {
  let seen = 0;
  for (let minute = from; minute < counts.length; minute += 1) {
    seen += counts[minute]!;
    if (seen >= nth) return minute;
  }
  return counts.length;
}
