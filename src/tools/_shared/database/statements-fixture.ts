import type { StatementCounters, StatementSnapshot } from './statements.ts';

/** Each call took 10 ms and returned a row. */
export function counters(
  key: string,
  calls: number,
  more: Partial<StatementCounters> = {},
): StatementCounters {
  return {
    key,
    user: 'shop',
    database: 'shop',
    queryId: key,
    topLevel: true,
    text: `SELECT ${key}`,
    calls,
    totalMs: calls * 10,
    planMs: 0,
    rows: calls,
    rowsExamined: null,
    callsWithoutIndex: null,
    sharedHit: calls,
    sharedRead: 0,
    sharedDirtied: 0,
    sharedWritten: 0,
    tempRead: 0,
    tempWritten: 0,
    readMs: null,
    writeMs: null,
    walBytes: 0,
    statsSinceMs: null,
    ...more,
  };
}

export function snapshot(more: Partial<StatementSnapshot>): StatementSnapshot {
  return {
    dialect: 'postgresql',
    takenAtMs: 0,
    epoch: 'first',
    startedAtMs: 0,
    resetAtMs: 0,
    evictions: 0,
    capacity: 5_000,
    activeMs: 100,
    statements: [],
    ...more,
  };
}
