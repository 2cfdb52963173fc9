import type { MinuteCounts } from './model.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}

/** Records of all minutes. */
export function totalOf(minutes: MinuteCounts): number {
  return minutes.reduce((sum, [, count]) => sum + count, 0);
}

/** Records in minutes from `from` to before `to`, both epoch minutes. */
export function countBetween(minutes: MinuteCounts, from: number, to: number): number {
  let sum = 0;
  for (const [minute, count] of minutes) {
    if (minute >= to) break;
    if (minute >= from) sum += count;
  }
  return sum;
}

/** One number per minute from `from` to before `to`. */
export function denseCounts(minutes: MinuteCounts, from: number, to: number): Float64Array {
  const dense = new Float64Array(Math.max(0, to - from));
  for (const [minute, count] of minutes) {
    if (minute >= from && minute < to) dense[minute - from] = count;
  }
  return dense;
}

export function clampTime(atMs: number, fromMs: number, toMs: number): number {
  return Math.min(Math.max(atMs, fromMs), toMs);
}

/** `10:42` in UTC, as every time of day in reports. */
export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16);
}
