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
  checksumFailures: number | null;
  resetAtMs: number | null;
}
