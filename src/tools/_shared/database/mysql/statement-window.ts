import { known, type Reading, unknown } from '../reading.ts';
import { windowOf } from '../delta.ts';
import type { StatementDelta, StatementWindow } from '../statements.ts';
import { isBookkeeping, type MysqlStatements, type StatementWork } from './statements.ts';

/** What statements did between two looks, with what only MySQL and MariaDB count. */
export interface MysqlStatementWindow extends StatementWindow {
  /** By key, as differences. */
  work: ReadonlyMap<string, StatementWork>;
  /** Calls in the window that found no place among the digests, and so are in no statement. */
  uncountedCalls: number;
  /** Set where statements come from the slow query log, in want of counters: only calls that were slow are in it. */
  slowLog?: {
    /** long_query_time; null: not readable. */
    thresholdMs: number | null;
    /** By key. */
    p95Ms: ReadonlyMap<string, number>;
  };
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
  const window = windowOf([before.snapshot, after.snapshot]);
  const statements = window.statements.filter(({ text }) => !isBookkeeping(text));
  const trackedMs = sum(statements);
  const earlier = new Map(before.snapshot.statements.map((one) => [one.key, one]));
  // Somebody emptied the table: what there is now is the least that happened.
  const isReset = after.snapshot.statements.some(({ key, calls }) => calls < (earlier.get(key)?.calls ?? 0));
  return known({
    ...window,
    statements,
    coverage: {
      ...window.coverage,
      trackedMs,
      ownMs: window.coverage.ownMs + window.coverage.trackedMs - trackedMs,
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
