import type { StatementDelta, StatementWindow } from '../../../_shared/database/statements.ts';

/** One statement over many windows in a row: what is one query for the user, whatever ids the server gave it. */
export interface StatementSeries {
  /** Normalised text, or the server's key where the text is hidden. */
  id: string;
  text: string | null;
  /** All keys that it had; a table that is dropped and made again changes them. */
  keys: readonly string[];
  queryIds: readonly string[];
  /** In time order; windows in which it was not called are left out. */
  intervals: readonly Interval[];
}

export interface Interval {
  fromMs: number;
  toMs: number;
  calls: number;
  totalMs: number;
  rows: number;
  /** Pages: all, and those that were not in the cache. */
  pages: number;
  pagesRead: number;
  tempPages: number;
}

/** More than this many intervals tell no more and cost time. */
const MAX_INTERVALS = 144;

/** Windows must follow each other in time; they are merged to at most `maxIntervals` of equal length. */
export function seriesOf(
  windows: readonly StatementWindow[],
  maxIntervals = MAX_INTERVALS,
): StatementSeries[] {
  const bins = binsOf(windows, maxIntervals);
  const found = new Map<string, { deltas: StatementDelta[]; intervals: Map<number, Interval> }>();
  for (const [at, bin] of bins.entries()) {
    const span = { fromMs: bin[0]?.fromMs ?? 0, toMs: bin.at(-1)?.toMs ?? 0 };
    for (const delta of bin.flatMap(({ statements }) => statements)) {
      if (!delta.topLevel) continue;
      const id = delta.text ?? delta.key;
      const entry = found.get(id) ?? { deltas: [], intervals: new Map<number, Interval>() };
      entry.deltas.push(delta);
      entry.intervals.set(at, added(entry.intervals.get(at), delta, span));
      found.set(id, entry);
    }
  }
  return [...found].map(([id, { deltas, intervals }]) => ({
    id,
    text: deltas.at(-1)?.text ?? null,
    keys: [...new Set(deltas.map(({ key }) => key))],
    queryIds: [...new Set(deltas.map(({ queryId }) => queryId))],
    intervals: [...intervals.values()].toSorted((a, b) => a.fromMs - b.fromMs),
  }));
}

function binsOf(windows: readonly StatementWindow[], maxIntervals: number): StatementWindow[][] {
  const sorted = windows.toSorted((a, b) => a.fromMs - b.fromMs);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (sorted.length <= maxIntervals) return sorted.map((window) => [window]);
  const widthMs = (last.toMs - first.fromMs) / maxIntervals;
  const bins = new Map<number, StatementWindow[]>();
  for (const window of sorted) {
    const bin = Math.min(maxIntervals - 1, Math.floor((window.fromMs - first.fromMs) / widthMs));
    bins.set(bin, [...(bins.get(bin) ?? []), window]);
  }
  return [...bins.values()];
}

function added(
  before: Interval | undefined,
  delta: StatementDelta,
  span: { fromMs: number; toMs: number },
): Interval {
  return {
    ...span,
    calls: (before?.calls ?? 0) + delta.calls,
    totalMs: (before?.totalMs ?? 0) + delta.totalMs,
    rows: (before?.rows ?? 0) + delta.rows,
    pages: (before?.pages ?? 0) + delta.sharedHit + delta.sharedRead,
    pagesRead: (before?.pagesRead ?? 0) + delta.sharedRead,
    tempPages: (before?.tempPages ?? 0) + delta.tempWritten,
  };
}

/** What one call was like over some intervals. */
export interface PerCall {
  calls: number;
  ms: number;
  rows: number;
  pages: number;
  pagesRead: number;
  tempPages: number;
  callsPerMinute: number;
}

/** null without calls. */
export function perCall(intervals: readonly Interval[]): PerCall | null {
  const total = (of: (one: Interval) => number): number => intervals.reduce((sum, one) => sum + of(one), 0);
  const calls = total((one) => one.calls);
  if (calls <= 0) return null;
  const minutes = total(({ fromMs, toMs }) => toMs - fromMs) / 60_000;
  return {
    calls,
    ms: total((one) => one.totalMs) / calls,
    rows: total((one) => one.rows) / calls,
    pages: total((one) => one.pages) / calls,
    pagesRead: total((one) => one.pagesRead) / calls,
    tempPages: total((one) => one.tempPages) / calls,
    callsPerMinute: minutes > 0 ? calls / minutes : 0,
  };
}
