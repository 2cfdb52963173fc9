import type { LogWindow, MinuteCounts } from '../model.ts';
import { MINUTE_MS } from '../minutes.ts';

/** Counts per minute that any span can be summed of, without making them dense. */
export interface MinuteSeries {
  minutes: MinuteCounts;
  /** sums[i]: records of the first i entries. */
  sums: Float64Array;
}

export function minuteSeries(minutes: MinuteCounts): MinuteSeries {
  const sums = new Float64Array(minutes.length + 1);
  for (let index = 0; index < minutes.length; index += 1) sums[index + 1] = sums[index]! + minutes[index]![1];
  return { minutes, sums };
}

/** Records from a minute up to but not including another. */
export function countBetween({ minutes, sums }: MinuteSeries, from: number, to: number): number {
  return to <= from ? 0 : sums[firstAtOrAfter(minutes, to)]! - sums[firstAtOrAfter(minutes, from)]!;
}

/** Index of the first entry at or after a minute. */
export function firstAtOrAfter(minutes: MinuteCounts, minute: number): number {
  let low = 0;
  let high = minutes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (minutes[middle]![0] < minute) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The window in minutes: where it begins, where records end, and how many of its minutes were seen. */
export interface SeenMinutes {
  from: number;
  /** Exclusive: after the last minute with any record, since of what follows nothing is known. */
  to: number;
  blind: MinuteSeries;
}

export function seenMinutes({ fromMs, toMs, records, blindMinutes }: LogWindow): SeenMinutes {
  const last = records.at(-1)?.[0];
  const end = Math.ceil(toMs / MINUTE_MS);
  return {
    from: Math.floor(fromMs / MINUTE_MS),
    to: last === undefined ? end : Math.min(end, last + 1),
    blind: minuteSeries(blindMinutes.map((minute) => [minute, 1] as const)),
  };
}

export function seenBetween({ blind }: SeenMinutes, from: number, to: number): number {
  const minutes = Math.max(0, to - from);
  return blind.minutes.length === 0 ? minutes : minutes - countBetween(blind, from, to);
}

/** What two series of counts leave: records that are no errors. */
export function difference(all: MinuteCounts, part: MinuteCounts): MinuteCounts {
  const parts = new Map(part);
  return all.map(([minute, count]) => [minute, Math.max(0, count - (parts.get(minute) ?? 0))] as const);
}
