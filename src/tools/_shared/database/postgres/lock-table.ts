import { needsMonitor } from './grants.ts';
import { type Columns, elapsedMs, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** Locks that somebody waits for, and who has them. Empty when nobody waits: then the lock table is not even read. */
export interface LockTable {
  waiting: readonly LockWait[];
  /** Granted locks on what somebody waits for. */
  held: readonly LockHold[];
  prepared: readonly PreparedTransaction[];
}

export interface LockTarget {
  /** Of pg_locks: `relation`, `tuple`, `transactionid`, `virtualxid`, `advisory`, … */
  type: string;
  /** Same text, same lock; opaque. */
  tag: string;
  /** `public.orders`, also of the row behind a transaction where it can be told; null where it cannot. */
  object: string | null;
}

export interface LockWait extends LockTarget {
  pid: number;
  /** `AccessExclusiveLock`. */
  mode: string;
  /** 14 and newer; for older servers since the state last changed. */
  waitingMs: number | null;
  /** pg_blocking_pids: holders, and who stands before it in the queue; 0 is a prepared transaction. */
  blockedBy: readonly number[];
}

export interface LockHold extends LockTarget {
  /** 0: a prepared transaction. */
  pid: number;
  /** Name of the prepared transaction. */
  gid: string | null;
  mode: string;
}

export interface PreparedTransaction {
  /** The name it was given. */
  gid: string;
  database: string;
  owner: string;
  ageMs: number;
  xminAge: number;
}

const WAIT: Columns<LockWait> = {
  pid: 'w.pid',
  mode: 'w.mode',
  type: 'w.locktype',
  tag: 'w.tag',
  object: 'w.object',
  // The server notes the time a moment after it began to wait.
  waitingMs: {
    13: elapsedMs('(SELECT state_change FROM pg_catalog.pg_stat_activity a WHERE a.pid = w.pid)'),
    14: elapsedMs('coalesce(w.waitstart, clock_timestamp())'),
  },
  // Takes the locks of the lock table: only of those that wait.
  blockedBy: 'pg_blocking_pids(w.pid)',
};

const HOLD: Columns<LockHold> = {
  pid: 'coalesce(h.pid, 0)',
  gid: `(SELECT gid FROM pg_catalog.pg_prepared_xacts p
    WHERE h.pid IS NULL AND h.virtualtransaction = '-1/' || p.transaction::text)`,
  mode: 'h.mode',
  type: 'h.locktype',
  tag: 'h.tag',
  object: 'h.object',
};

const PREPARED: Columns<PreparedTransaction> = {
  gid: 'gid',
  database: 'database',
  owner: 'owner',
  ageMs: elapsedMs('prepared'),
  xminAge: number('age(transaction)'),
};

/**
 * A row lock is waited for as the transaction of its holder: the table is that of the tuple lock the waiter has taken
 * meanwhile, or else the only table that it has locked for writing.
 */
const OBJECT = `CASE
  WHEN l.locktype = 'advisory' THEN format('advisory lock %s/%s', l.classid, l.objid)
  WHEN l.locktype IN ('transactionid', 'virtualxid') THEN (
    SELECT CASE WHEN count(DISTINCT c.oid) = 1 THEN min(format('%I.%I', n.nspname, c.relname)) END
    FROM (SELECT m.relation, rank() OVER (ORDER BY m.locktype DESC) AS place FROM locks m
      WHERE m.pid = l.pid AND NOT l.granted AND m.granted
        AND (m.locktype = 'tuple' OR m.mode IN ('RowExclusiveLock', 'RowShareLock'))) own
    JOIN pg_catalog.pg_class c ON c.oid = own.relation AND c.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE own.place = 1)
  ELSE (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = l.relation AND l.database IN (0, mine.oid)) END`;

/** The condition is evaluated once, before the lock table is read. */
const LOCKS = `
  locks AS MATERIALIZED (
    SELECT l.*, concat_ws(':', l.locktype, l.database, coalesce(l.relation::text, ''), l.page, l.tuple, l.virtualxid,
      l.transactionid, l.classid, l.objid, l.objsubid) AS tag
    FROM pg_catalog.pg_locks l
    WHERE EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock')),
  wanted AS MATERIALIZED (SELECT DISTINCT tag FROM locks WHERE NOT granted),
  named AS MATERIALIZED (
    SELECT l.*, ${OBJECT} AS object FROM locks l, (SELECT oid FROM pg_catalog.pg_database
      WHERE datname = current_database()) mine
    WHERE l.tag IN (SELECT tag FROM wanted))`;

export const locksReader: TopicReader<LockTable> = {
  view: 'pg_locks',
  budgetMs: CHEAP_MS,
  refusal: needsMonitor,
  async read(query, server) {
    const rows = await query<{ waiting: LockWait | null; held: LockHold | null }>(
      `WITH ${LOCKS}
       SELECT (SELECT row_to_json(r) FROM (SELECT ${selectList(WAIT, majorOf(server))}) r) AS waiting, NULL AS held
       FROM named w WHERE NOT w.granted
       UNION ALL
       SELECT NULL, (SELECT row_to_json(r) FROM (SELECT ${selectList(HOLD, majorOf(server))}) r)
       FROM named h WHERE h.granted`,
    );
    return {
      waiting: rows.flatMap(({ waiting }) => (waiting === null ? [] : [waiting])),
      held: rows.flatMap(({ held }) => (held === null ? [] : [held])),
      prepared: await query<PreparedTransaction>(
        `SELECT ${selectList(PREPARED, majorOf(server))} FROM pg_catalog.pg_prepared_xacts`,
      ),
    };
  },
};
