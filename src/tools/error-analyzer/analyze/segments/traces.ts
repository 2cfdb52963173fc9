import { hashText } from './hash.ts';
import { LIMIT } from './limits.ts';
import type { TraceDocument } from './types.ts';

export interface TraceTally {
  trace: string;
  group: string;
  service: string | null;
  atMs: number;
  rank: number;
  groups: Set<string>;
}

export type Traces = Map<string, TraceTally>;

/** An error of a trace: the earliest is its origin. */
export function addTrace(traces: Traces, trace: string, error: Omit<TraceTally, 'trace' | 'groups'>): void {
  take(traces, { trace, ...error, groups: new Set([error.group]) });
  if (traces.size > LIMIT.traces * 2) cutTraces(traces);
}

export function mergeTraces(into: Traces, from: Traces): void {
  for (const other of from.values()) take(into, { ...other, groups: new Set(other.groups) });
  cutTraces(into);
}

function take(traces: Traces, other: TraceTally): void {
  const known = traces.get(other.trace);
  if (known === undefined) {
    traces.set(other.trace, other);
    return;
  }
  for (const group of other.groups) known.groups.add(group);
  cutGroupsOfTrace(known.groups);
  if (other.atMs > known.atMs || (other.atMs === known.atMs && other.rank >= known.rank)) return;
  const { group, service, atMs, rank } = other;
  Object.assign(known, { group, service, atMs, rank });
}

function cutGroupsOfTrace(groups: Set<string>): void {
  while (groups.size > LIMIT.groupsOfTrace) {
    groups.delete([...groups].reduce((one, other) => (one > other ? one : other)));
  }
}

/** Those whose id has the smallest hash stay. */
export function cutTraces(traces: Traces): void {
  if (traces.size <= LIMIT.traces) return;
  const ranked = [...traces.keys()]
    .map((trace) => ({ trace, rank: hashText(trace) }))
    .toSorted((a, b) => a.rank - b.rank || (a.trace < b.trace ? -1 : 1));
  for (const { trace } of ranked.slice(LIMIT.traces)) traces.delete(trace);
}

export function traceDocuments(traces: Traces): TraceDocument[] {
  return [...traces.values()]
    .toSorted((a, b) => (a.trace < b.trace ? -1 : 1))
    .map(({ groups, ...trace }) => ({ ...trace, groups: [...groups].toSorted((a, b) => (a < b ? -1 : 1)) }));
}

export function tracesOf(documents: readonly TraceDocument[]): Traces {
  return new Map(
    documents.map(({ groups, ...trace }) => [trace.trace, { ...trace, groups: new Set(groups) }]),
  );
}
