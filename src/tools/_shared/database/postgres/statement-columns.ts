import type { StatementCounters } from '../statements.ts';
import { type Columns, epochMs } from './sql.ts';

/** Version of the extension as a number that can be compared: `1.11` is 111. It may be older than the server. */
export function extensionNumber(version: string): number {
  const [major = '0', minor = '0'] = version.split('.');
  return Number(major) * 100 + Number(minor);
}

/** 1.8 came with PostgreSQL 13. */
export const OLDEST_EXTENSION = 108;
/** Has pg_stat_statements_info, and tells statements within functions apart. */
const WITH_INFO = 109;

export function hasInfo(extension: number): boolean {
  return extension >= WITH_INFO;
}

/** Bigints arrive as text in rows, and as numbers in JSON. */
type Figure = number | string;

export type StatementRow = {
  [
    Field in keyof Omit<StatementCounters, 'key' | 'user' | 'database' | 'text'>
  ]: StatementCounters[Field] extends string | boolean
    ? StatementCounters[Field]
    : Figure | Extract<StatementCounters[Field], null>;
} & {
  userId: Figure;
  databaseId: Figure;
  /** Of everything that tells this entry with these counters from any other, in the server's own hash. */
  signature: string;
};

/** Counters only: what must be read every time. Versions are those of the extension. */
export function statementColumns(extension: number, timed: boolean): Columns<StatementRow> {
  const topLevel = hasInfo(extension) ? 's.toplevel' : 'true';
  const [readMs, writeMs] =
    extension >= 111
      ? ['s.shared_blk_read_time', 's.shared_blk_write_time']
      : ['s.blk_read_time', 's.blk_write_time'];
  return {
    userId: 's.userid',
    databaseId: 's.dbid',
    queryId: 's.queryid::text',
    topLevel,
    calls: 's.calls',
    totalMs: 's.total_exec_time',
    planMs: 's.total_plan_time',
    rows: 's.rows',
    rowsExamined: 'NULL::int',
    callsWithoutIndex: 'NULL::int',
    sharedHit: 's.shared_blks_hit',
    sharedRead: 's.shared_blks_read',
    sharedDirtied: 's.shared_blks_dirtied',
    sharedWritten: 's.shared_blks_written',
    tempRead: 's.temp_blks_read',
    tempWritten: 's.temp_blks_written',
    readMs: timed ? readMs : 'NULL::int',
    writeMs: timed ? writeMs : 'NULL::int',
    walBytes: 's.wal_bytes',
    statsSinceMs: extension >= 111 ? epochMs('s.stats_since') : 'NULL::int',
    signature: `${signature(topLevel)}::text`,
  };
}

/** All counters of an entry change with its calls. */
export function signature(topLevel: string): string {
  return `hashint8extended(s.calls, s.queryid # (s.dbid::int8 << 32) # (s.userid::int8 << 1) # (${topLevel})::int)`;
}
