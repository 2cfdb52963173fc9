import { type Columns, epochMs, majorOf, number, numberSince, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** pg_stat_database, a row each. Counters since `resetAtMs`. */
export interface DatabaseCounters {
  /** null: what belongs to no database (shared objects). */
  name: string | null;
  backends: number;
  commits: number;
  rollbacks: number;
  blocksRead: number;
  blocksHit: number;
  rowsReturned: number;
  rowsFetched: number;
  inserted: number;
  updated: number;
  deleted: number;
  /** Queries cancelled on a standby. */
  conflicts: number;
  deadlocks: number;
  tempFiles: number;
  tempBytes: number;
  /** Zero unless track_io_timing is on. */
  readMs: number;
  writeMs: number;
  /** 14 and newer, as are the following. */
  sessionMs: number | null;
  activeMs: number | null;
  idleInTransactionMs: number | null;
  sessions: number | null;
  sessionsAbandoned: number | null;
  sessionsFatal: number | null;
  sessionsKilled: number | null;
  /** null: checksums are off. */
  checksumFailures: number | null;
  resetAtMs: number | null;
}

const COLUMNS: Columns<DatabaseCounters> = {
  name: 'd.datname',
  backends: number('coalesce(d.numbackends, 0)'),
  commits: number('d.xact_commit'),
  rollbacks: number('d.xact_rollback'),
  blocksRead: number('d.blks_read'),
  blocksHit: number('d.blks_hit'),
  rowsReturned: number('d.tup_returned'),
  rowsFetched: number('d.tup_fetched'),
  inserted: number('d.tup_inserted'),
  updated: number('d.tup_updated'),
  deleted: number('d.tup_deleted'),
  conflicts: number('d.conflicts'),
  deadlocks: number('d.deadlocks'),
  tempFiles: number('d.temp_files'),
  tempBytes: number('d.temp_bytes'),
  readMs: number('d.blk_read_time'),
  writeMs: number('d.blk_write_time'),
  sessionMs: numberSince(14, 'd.session_time'),
  activeMs: numberSince(14, 'd.active_time'),
  idleInTransactionMs: numberSince(14, 'd.idle_in_transaction_time'),
  sessions: numberSince(14, 'd.sessions'),
  sessionsAbandoned: numberSince(14, 'd.sessions_abandoned'),
  sessionsFatal: numberSince(14, 'd.sessions_fatal'),
  sessionsKilled: numberSince(14, 'd.sessions_killed'),
  checksumFailures: number('d.checksum_failures'),
  resetAtMs: epochMs('d.stats_reset'),
};

export const databasesReader: TopicReader<readonly DatabaseCounters[]> = {
  view: 'pg_stat_database',
  budgetMs: CHEAP_MS,
  read: (query, server) =>
    query(`SELECT ${selectList(COLUMNS, majorOf(server))} FROM pg_catalog.pg_stat_database d`),
};
