import { fingerprintOf } from '../../../../core/fingerprint.ts';
import { quantile } from '../../../../core/histogram.ts';
import type { TimeRange } from '../../../../store/store.ts';
import type { StatementDelta } from '../statements.ts';
import type { SlowLogSummary, SlowStatement } from './slow-log-summary.ts';
import type { MysqlStatementWindow } from './statement-window.ts';

/**
 * What a slow query log says as a window of statements, for a server that counts none. It holds only calls above
 * long_query_time, so shares are of the time of those, and a statement that is not there may be fast or may not be called.
 */
export function slowLogWindow(
  { statements, totalMs }: SlowLogSummary,
  {
    dialect,
    range,
    thresholdMs,
  }: { dialect: 'mysql' | 'mariadb'; range: TimeRange; thresholdMs: number | null },
): MysqlStatementWindow {
  const deltas = statements.map(toDelta);
  return {
    dialect,
    ...range,
    statements: deltas,
    coverage: { trackedMs: totalMs, databaseMs: null, share: null, evictions: null, resets: 0, ownMs: 0 },
    work: new Map(),
    uncountedCalls: 0,
    slowLog: {
      thresholdMs,
      p95Ms: new Map(
        statements.map((one, index) => [deltas[index]?.key ?? '', quantile(one.durations, 0.95) ?? 0]),
      ),
    },
  };
}

function toDelta({ database, text, user, durations, rows, rowsExamined }: SlowStatement): StatementDelta {
  const queryId = fingerprintOf([text]);
  return {
    key: `${database ?? ''} ${queryId}`,
    user,
    database,
    queryId,
    topLevel: true,
    text,
    calls: durations.count,
    totalMs: durations.sum,
    meanMs: durations.sum / durations.count,
    planMs: null,
    rows,
    rowsExamined,
    callsWithoutIndex: null,
    sharedHit: 0,
    sharedRead: 0,
    sharedDirtied: 0,
    sharedWritten: 0,
    tempRead: 0,
    tempWritten: 0,
    readMs: null,
    writeMs: null,
    walBytes: null,
    exactness: 'lower-bound',
  };
}
