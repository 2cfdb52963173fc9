import type { ErrorGroup, LogWindow } from './model.ts';
import { HOUR_MS } from './minutes.ts';

export interface GroupChange {
  group: ErrorGroup;
  change: 'new' | 'gone' | 'more' | 'less';
  /** Records an hour, before and now; null where there is no time to divide by. */
  perHourBefore: number;
  perHourNow: number;
}

/** Rates have to differ by so many times, and by more than chance: three standard deviations of the counts. */
const FACTOR = 2;
const DEVIATIONS = 3;

/** Exact difference of two windows by group, in both directions: largest change of rate first. */
export function compareWindows(before: LogWindow, now: LogWindow): GroupChange[] {
  const earlier = new Map(before.groups.filter(({ isError }) => isError).map((group) => [group.id, group]));
  const later = new Map(now.groups.filter(({ isError }) => isError).map((group) => [group.id, group]));
  const hoursBefore = (before.toMs - before.fromMs) / HOUR_MS;
  const hoursNow = (now.toMs - now.fromMs) / HOUR_MS;
  const changes: GroupChange[] = [];
  for (const id of new Set([...earlier.keys(), ...later.keys()])) {
    const was = earlier.get(id);
    const is = later.get(id);
    const group = is ?? was;
    if (group === undefined) continue;
    const change = changeOf(was?.count ?? 0, is?.count ?? 0, hoursBefore, hoursNow);
    if (change === null) continue;
    changes.push({
      group,
      change,
      perHourBefore: (was?.count ?? 0) / hoursBefore,
      perHourNow: (is?.count ?? 0) / hoursNow,
    });
  }
  return changes.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (a.group.id < b.group.id ? -1 : 1));
}

function changeOf(
  was: number,
  is: number,
  hoursBefore: number,
  hoursNow: number,
): GroupChange['change'] | null {
  if (was === 0) return 'new';
  // As many as before would be expected in the time of now.
  const expected = (was * hoursNow) / hoursBefore;
  const isBeyondChance = Math.abs(is - expected) > DEVIATIONS * Math.sqrt(Math.max(expected, 1));
  if (is === 0) return isBeyondChance ? 'gone' : null;
  if (!isBeyondChance) return null;
  if (is > expected * FACTOR) return 'more';
  return is < expected / FACTOR ? 'less' : null;
}

function sizeOf({ perHourBefore, perHourNow }: GroupChange): number {
  return Math.abs(perHourNow - perHourBefore);
}
