import type { SqlDialect } from '../../../platform/sql/types.ts';

/**
 * Counters of one normalised statement since it was last forgotten, as pg_stat_statements, performance_schema or our
 * own measuring has them. Counters only grow, except when an entry is evicted, reset or made anew.
 */
export interface StatementCounters {
  /** Identity in its server: user, database, query id and level, joined. Opaque. */
  key: string;
  user: string | null;
  database: string | null;
  /** The server's own id or digest. */
  queryId: string;
  /** false: run inside a function; its time is counted in the statement that called it, too. */
  topLevel: boolean;
  /** Normalised text with placeholders; null where the server keeps it from us. */
  text: string | null;
  calls: number;
  /** Execution time of all calls, without planning. */
  totalMs: number;
  /** Time spent planning; null where it is not tracked. */
  planMs: number | null;
  /** Returned or changed, over all calls. */
  rows: number;
  /** Read by the server to answer; null where it does not count them (PostgreSQL). */
  rowsExamined: number | null;
  /** Calls that used no index (MySQL and MariaDB); null elsewhere. */
  callsWithoutIndex: number | null;
  /** Pages of the shared cache: found there, read into it, dirtied, written. Zero where they are not counted. */
  sharedHit: number;
  sharedRead: number;
  sharedDirtied: number;
  sharedWritten: number;
  /** Pages of temporary files: sorts and hashes that did not fit into memory. */
  tempRead: number;
  tempWritten: number;
  /** Time waiting for reads and writes; null unless track_io_timing is on. */
  readMs: number | null;
  writeMs: number | null;
  walBytes: number | null;
  /** When the server began this entry (PostgreSQL 17 and newer); null where it does not say. */
  statsSinceMs: number | null;
}

/** All statements of a server at one time. */
export interface StatementSnapshot {
  dialect: SqlDialect;
  takenAtMs: number;
  /** What makes counters of two snapshots comparable: system identifier and start of the server. */
  epoch: string;
  /** When the server started; null where it does not say. */
  startedAtMs: number | null;
  /** When all were last reset; null where the server does not say. */
  resetAtMs: number | null;
  /** How often the server has evicted entries since then; null where it does not say. */
  evictions: number | null;
  /** How many statements the server keeps at most; null where it does not say. */
  capacity: number | null;
  /** Time that all sessions spent executing since their counters began (pg_stat_database.active_time); null before 14. */
  activeMs: number | null;
  statements: readonly StatementCounters[];
}

/** What one statement did between two snapshots. The fields are those of its counters, as differences. */
export interface StatementDelta extends Omit<StatementCounters, 'statsSinceMs'> {
  /** totalMs / calls; null without calls. */
  meanMs: number | null;
  /** lower-bound: the entry was evicted or reset in between, so at least this much happened. */
  exactness: 'exact' | 'lower-bound';
}

/** A window over two or more snapshots. */
export interface StatementWindow {
  dialect: SqlDialect;
  fromMs: number;
  toMs: number;
  /** Only those that were called, by falling total time; ours are left out. */
  statements: readonly StatementDelta[];
  /** How much of what the server did is in `statements`. */
  coverage: {
    trackedMs: number;
    /** null where the server does not count it. */
    databaseMs: number | null;
    /** 0 to 1; null where it cannot be told. */
    share: number | null;
    evictions: number | null;
    resets: number;
    /** Time of our own statements, which are left out. */
    ownMs: number;
  };
}
