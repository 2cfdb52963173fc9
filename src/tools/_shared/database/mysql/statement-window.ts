import { known, type Reading, unknown } from '../reading.ts';
import type { StatementCounters, StatementDelta, StatementWindow } from '../statements.ts';
import { isBookkeeping, type MysqlStatements, type StatementWork } from './statements.ts';

/** What statements did between two looks, with what only MySQL and MariaDB count. */
export interface MysqlStatementWindow extends StatementWindow {
  /** By key, as differences. */
  work: ReadonlyMap<string, StatementWork>;
  /** Calls in the window that found no place among the digests, and so are in no statement. */
  uncountedCalls: number;
}

/**
 * Digests only grow until the server starts anew or somebody empties the table; then what there is now is the least that
 * happened. They are never evicted: what finds no place is counted in one row without a digest.
 */
export function mysqlStatementWindow(
  start: Reading<MysqlStatements>,
  end: Reading<MysqlStatements>,
): Reading<MysqlStatementWindow> {
  if (!end.known) return end;
  if (!start.known) return start;
  const [before, after] = [start.value, end.value];
  if (before.snapshot.epoch !== after.snapshot.epoch) {
    return unknown('the server was started anew within the window');
  }
  const earlier = new Map(before.snapshot.statements.map((one) => [one.key, one]));
  const isReset = after.snapshot.statements.some(({ key, calls }) => calls < (earlier.get(key)?.calls ?? 0));
  const deltas = after.snapshot.statements
    .map((one) => toDelta(one, isReset ? undefined : earlier.get(one.key), isReset))
    .filter(({ calls }) => calls > 0)
    .toSorted((a, b) => b.totalMs - a.totalMs);
  const own = deltas.filter(({ text }) => isBookkeeping(text));
  const statements = deltas.filter(({ text }) => !isBookkeeping(text));
  return known({
    dialect: after.snapshot.dialect,
    fromMs: before.snapshot.takenAtMs,
    toMs: after.snapshot.takenAtMs,
    statements,
    coverage: {
      trackedMs: sum(statements),
      databaseMs: null,
      share: null,
      evictions: difference(before.snapshot.evictions, after.snapshot.evictions),
      resets: isReset ? 1 : 0,
      ownMs: sum(own),
    },
    work: new Map(
      [...after.work].map(([key, work]) => [
        key,
        workSince(work, isReset ? undefined : before.work.get(key)),
      ]),
    ),
    uncountedCalls: Math.max(0, after.uncountedCalls - (isReset ? 0 : before.uncountedCalls)),
  });
}

function toDelta(
  now: StatementCounters,
  before: StatementCounters | undefined,
  isReset: boolean,
): StatementDelta {
  const { statsSinceMs: _, ...counters } = now;
  const calls = now.calls - (before?.calls ?? 0);
  const totalMs = Math.max(0, now.totalMs - (before?.totalMs ?? 0));
  return {
    ...counters,
    calls,
    totalMs,
    rows: now.rows - (before?.rows ?? 0),
    rowsExamined: (now.rowsExamined ?? 0) - (before?.rowsExamined ?? 0),
    callsWithoutIndex: (now.callsWithoutIndex ?? 0) - (before?.callsWithoutIndex ?? 0),
    meanMs: calls === 0 ? null : totalMs / calls,
    exactness: isReset ? 'lower-bound' : 'exact',
  };
}

function workSince(now: StatementWork, before: StatementWork | undefined): StatementWork {
  return {
    temporaryTablesOnDisk: now.temporaryTablesOnDisk - (before?.temporaryTablesOnDisk ?? 0),
    sortMergePasses: now.sortMergePasses - (before?.sortMergePasses ?? 0),
    fullScans: now.fullScans - (before?.fullScans ?? 0),
    fullJoins: now.fullJoins - (before?.fullJoins ?? 0),
  };
}

function sum(deltas: readonly StatementDelta[]): number {
  return deltas.reduce((total, { totalMs }) => total + totalMs, 0);
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before);
}
