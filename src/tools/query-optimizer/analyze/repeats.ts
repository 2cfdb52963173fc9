import { groupBy } from '../../../core/group-by.ts';
import { sampleQuantile } from '../../../core/statistics/quantile.ts';
import type { Origin } from '../../_shared/database/origin.ts';
import type { UnitCall } from '../../_shared/database/unit-call.ts';
import type { QueryShape } from '../../_shared/sql/types.ts';

/** What is known of a statement; null for what is no query (FETCH, BEGIN) or cannot be read. */
export type Describe = (
  statement: string,
) => { shape: Pick<QueryShape, 'key' | 'label'>; isLookup: boolean } | null;

/** The same look-up again and again within a unit, after a query that could have brought it all. */
export interface Repeat {
  shape: Pick<QueryShape, 'key' | 'label'>;
  statement: string;
  /** The query before it; null where no other was seen. */
  parent: { statement: string; label: string } | null;
  /** Units in which it repeats, of all that were seen. */
  units: number;
  unitsSeen: number;
  /** Median over these units. */
  callsPerUnit: number;
  calls: number;
  totalMs: number;
  /** Of the database time of these units, 0 to 1. */
  timeShare: number;
  /** The rows of the parent are as many as the calls, wherever they were told. */
  rowsMatch: boolean | null;
  origins: readonly Origin[];
}

/** Fewer in one unit are what any careful program does. */
const LEAST_CALLS = 5;
/** A lone unit must be plainer. */
const LEAST_CALLS_IN_ONE_UNIT = 10;
const MAX_ORIGINS = 3;

interface Known {
  call: UnitCall;
  what: NonNullable<ReturnType<Describe>>;
}

interface Sighting {
  unit: string;
  children: readonly Known[];
  parent: Known | null;
  unitMs: number;
}

/**
 * N+1 within units of work, whatever else stands between the calls and however many run at once: what counts is how often a
 * look-up is made in a unit, not that calls are neighbours. Failed calls are retries, equal ones the same question again.
 */
export function findRepeats(calls: readonly UnitCall[], describe: Describe): Repeat[] {
  const known = calls.flatMap((call): Known[] => {
    const what = call.failed ? null : describe(call.statement);
    return what === null ? [] : [{ call, what }];
  });
  const units = groupBy(known, ({ call }) => call.unit);
  const sightings = [...units].flatMap(([unit, members]) => sightingsOf(unit, members));
  return [...groupBy(sightings, ({ children }) => children[0]?.what.shape.key ?? '')]
    .map(([, group]) => toRepeat(group, units.size))
    .filter(({ units: count, callsPerUnit }) => count > 1 || callsPerUnit >= LEAST_CALLS_IN_ONE_UNIT)
    .toSorted((a, b) => b.totalMs - a.totalMs || a.shape.key.localeCompare(b.shape.key));
}

function sightingsOf(unit: string, members: readonly Known[]): Sighting[] {
  const byKey = groupBy(members, ({ what }) => what.shape.key);
  const unitMs = sumMs(members);
  return [...byKey.values()]
    .filter((group) => group.length >= LEAST_CALLS && group[0]?.what.isLookup === true && areDifferent(group))
    .map((children) => ({ unit, children, unitMs, parent: parentOf(children, members, byKey) }));
}

/** Unknown parameters are taken for different ones: nobody asks the same five times in a request on purpose. */
function areDifferent(group: readonly Known[]): boolean {
  const identities = new Set(group.map(({ call }, index) => call.identity ?? index));
  return identities.size >= LEAST_CALLS;
}

/** The last query that had ended when the first look-up began, and that does not repeat itself. */
function parentOf(
  children: readonly Known[],
  members: readonly Known[],
  byKey: ReadonlyMap<string, readonly Known[]>,
): Known | null {
  const beginMs = Math.min(...children.map(({ call }) => call.startMs));
  const before = members.filter(
    ({ call, what }) =>
      call.endMs <= beginMs && (byKey.get(what.shape.key)?.length ?? 0) * 2 <= children.length,
  );
  return before.toSorted((a, b) => a.call.endMs - b.call.endMs).at(-1) ?? null;
}

function toRepeat(sightings: readonly Sighting[], unitsSeen: number): Repeat {
  const [first] = sightings as [Sighting, ...Sighting[]];
  const { what, call } = first.children[0] as Known;
  const counts = sightings.map(({ children }) => children.length);
  const totalMs = sightings.reduce((sum, { children }) => sum + sumMs(children), 0);
  const unitMs = sightings.reduce((sum, sighting) => sum + sighting.unitMs, 0);
  const parent = sightings.find((sighting) => sighting.parent !== null)?.parent ?? null;
  const told = sightings.flatMap(({ parent, children }) =>
    parent === null || parent.call.rows === null ? [] : [parent.call.rows === children.length],
  );
  return {
    shape: what.shape,
    statement: call.statement,
    parent: parent === null ? null : { statement: parent.call.statement, label: parent.what.shape.label },
    units: sightings.length,
    unitsSeen,
    callsPerUnit: sampleQuantile(counts, 0.5) ?? 0,
    calls: counts.reduce((sum, count) => sum + count, 0),
    totalMs,
    timeShare: unitMs === 0 ? 0 : totalMs / unitMs,
    rowsMatch: told.length === 0 ? null : told.every(Boolean),
    origins: distinctOrigins(sightings),
  };
}

function distinctOrigins(sightings: readonly Sighting[]): Origin[] {
  const origins = new Map<string, Origin>();
  for (const { call } of sightings.flatMap(({ children }) => children)) {
    const { endpoint, file, application } = call.origin;
    const key = JSON.stringify([endpoint, file, application]);
    if (!origins.has(key)) origins.set(key, call.origin);
  }
  return [...origins.values()].slice(0, MAX_ORIGINS);
}

function sumMs(members: readonly Known[]): number {
  return members.reduce((sum, { call }) => sum + (call.endMs - call.startMs), 0);
}
