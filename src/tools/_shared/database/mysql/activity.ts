import { OWN_APPLICATION_NAME, OWN_STATEMENT_MARK } from '../../../../platform/sql/marker.ts';
import type { SqlSession } from '../../../../platform/sql/types.ts';
import { known, type Reading } from '../reading.ts';
import { lockSource } from './instruments.ts';
import { type MysqlRow, readRows, toNullable, toNumber } from './read.ts';
import { isOn, type MysqlServer } from './server.ts';

/** A session of a client. */
export interface MysqlSession {
  id: number;
  user: string;
  /** Address without the port; `localhost` for a socket of the machine. */
  host: string;
  database: string | null;
  /** `Sleep`, `Query`, `Execute`, … */
  command: string;
  /** Time in its command and state, in milliseconds; in whole seconds where the server counts no finer. */
  commandMs: number;
  /** `Waiting for table metadata lock`, `Sending data`, …; null: none. */
  state: string | null;
  /** What runs; null while it sleeps. */
  text: string | null;
  program: string | null;
  transaction: MysqlTransaction | null;
  own: boolean;
}

export interface MysqlTransaction {
  ageMs: number;
  rowsLocked: number;
  rowsModified: number;
  /** null: it waits for no row. */
  waitingMs: number | null;
}

/** One session waits for what another one has locked. */
export interface MysqlLockWait {
  waitingId: number;
  blockingId: number;
  /** `shop.orders`; null where the server does not say. */
  table: string | null;
  index: string | null;
  /** `X`, `S`, `X,GAP`, `EXCLUSIVE` of metadata. */
  wantedMode: string;
  kind: 'row' | 'metadata';
}

interface SessionRow extends MysqlRow {
  id: number;
  user: string | null;
  host: string | null;
  database_name: string | null;
  command: string;
  command_ms: number | string;
  state: string | null;
  text: string | null;
  program: string | null;
  trx_age_ms: number | null;
  trx_rows_locked: number | null;
  trx_rows_modified: number | null;
  trx_waiting_ms: number | null;
}

const TRANSACTION_COLUMNS = `
  TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(3)) / 1000 AS trx_age_ms, t.trx_rows_locked, t.trx_rows_modified,
  TIMESTAMPDIFF(MICROSECOND, t.trx_wait_started, NOW(3)) / 1000 AS trx_waiting_ms`;

function sessionsSql(server: MysqlServer): string {
  const attributes = isOn(server.variables.get('performance_schema'))
    ? `(SELECT a.ATTR_VALUE FROM performance_schema.session_account_connect_attrs a
        WHERE a.PROCESSLIST_ID = p.ID AND a.ATTR_NAME = 'program_name' LIMIT 1)`
    : 'NULL';
  const milliseconds = server.dialect === 'mariadb' ? 'p.TIME_MS' : 'p.TIME * 1000';
  return `
    SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.DB AS database_name, p.COMMAND AS command,
           ${milliseconds} AS command_ms, NULLIF(p.STATE, '') AS state, p.INFO AS text, ${attributes} AS program,
           ${TRANSACTION_COLUMNS}
    FROM information_schema.processlist p
    LEFT JOIN information_schema.innodb_trx t ON t.trx_mysql_thread_id = p.ID`;
}

/** Threads of the server, of replication and of the event scheduler are no sessions of clients. */
const NOT_CLIENTS = new Set([
  'Daemon',
  'Binlog Dump',
  'Binlog Dump GTID',
  'Slave_IO',
  'Slave_SQL',
  'Slave_worker',
]);

export async function readActivity(
  session: SqlSession,
  server: MysqlServer,
): Promise<Reading<readonly MysqlSession[]>> {
  // Without PROCESS an account sees only itself, and nobody says so.
  const rows = await readRows<SessionRow>(session, sessionsSql(server), {
    name: 'the list of sessions and transactions',
    grant: `GRANT PROCESS ON *.* TO ${server.account};`,
  });
  if (!rows.known) return rows;
  return known(
    rows.value
      .filter(({ command, user }) => !NOT_CLIENTS.has(command) && user !== 'system user')
      .map(toSession)
      .toSorted((a, b) => a.id - b.id),
  );
}

function toSession(row: SessionRow): MysqlSession {
  return {
    id: row.id,
    user: row.user ?? '',
    host: (row.host ?? '').replace(/:\d+$/, ''),
    database: row.database_name,
    command: row.command,
    commandMs: toNumber(row.command_ms),
    state: row.state,
    text: row.text,
    program: row.program,
    transaction:
      row.trx_age_ms === null
        ? null
        : {
            ageMs: toNumber(row.trx_age_ms),
            rowsLocked: toNumber(row.trx_rows_locked),
            rowsModified: toNumber(row.trx_rows_modified),
            waitingMs: toNullable(row.trx_waiting_ms),
          },
    own: row.program === OWN_APPLICATION_NAME || (row.text ?? '').startsWith(OWN_STATEMENT_MARK),
  };
}

interface WaitRow extends MysqlRow {
  waiting_id: number;
  blocking_id: number;
  table_name: string | null;
  index_name: string | null;
  mode: string;
}

const INNODB_LOCKS = `
  SELECT DISTINCT r.trx_mysql_thread_id AS waiting_id, b.trx_mysql_thread_id AS blocking_id,
         REPLACE(l.lock_table, '\`', '') AS table_name, l.lock_index AS index_name, l.lock_mode AS mode
  FROM information_schema.innodb_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
  JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
  JOIN information_schema.innodb_locks l ON l.lock_id = w.requested_lock_id`;

const DATA_LOCKS = `
  SELECT DISTINCT r.trx_mysql_thread_id AS waiting_id, b.trx_mysql_thread_id AS blocking_id,
         CONCAT(l.OBJECT_SCHEMA, '.', l.OBJECT_NAME) AS table_name, l.INDEX_NAME AS index_name, l.LOCK_MODE AS mode
  FROM performance_schema.data_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.REQUESTING_ENGINE_TRANSACTION_ID
  JOIN information_schema.innodb_trx b ON b.trx_id = w.BLOCKING_ENGINE_TRANSACTION_ID
  JOIN performance_schema.data_locks l ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID`;

/** Who stands in the way of a pending metadata lock: whoever holds one on the same table. */
const METADATA_LOCKS = `
  SELECT DISTINCT wt.PROCESSLIST_ID AS waiting_id, bt.PROCESSLIST_ID AS blocking_id,
         CONCAT(w.OBJECT_SCHEMA, '.', w.OBJECT_NAME) AS table_name, NULL AS index_name, w.LOCK_TYPE AS mode
  FROM performance_schema.metadata_locks w
  JOIN performance_schema.metadata_locks b ON b.OBJECT_TYPE = w.OBJECT_TYPE AND b.OBJECT_SCHEMA = w.OBJECT_SCHEMA
       AND b.OBJECT_NAME = w.OBJECT_NAME AND b.LOCK_STATUS = 'GRANTED' AND b.OWNER_THREAD_ID <> w.OWNER_THREAD_ID
  JOIN performance_schema.threads wt ON wt.THREAD_ID = w.OWNER_THREAD_ID
  JOIN performance_schema.threads bt ON bt.THREAD_ID = b.OWNER_THREAD_ID
  WHERE w.LOCK_STATUS = 'PENDING' AND w.OBJECT_TYPE = 'TABLE'`;

export interface MysqlLocks {
  waits: readonly MysqlLockWait[];
  /** false: who holds what an ALTER TABLE waits for is not to be seen (the instrument is off). */
  metadata: boolean;
}

export async function readLocks(session: SqlSession, server: MysqlServer): Promise<Reading<MysqlLocks>> {
  const isNew = lockSource(server) === 'data_locks';
  const rows = await readRows<WaitRow>(session, isNew ? DATA_LOCKS : INNODB_LOCKS, {
    name: 'the list of locks',
    grant: isNew
      ? `GRANT SELECT ON performance_schema.* TO ${server.account}; GRANT PROCESS ON *.* TO ${server.account};`
      : `GRANT PROCESS ON *.* TO ${server.account};`,
  });
  if (!rows.known) return rows;
  const metadata = await readMetadataWaits(session, server);
  return known({
    waits: [...rows.value.map(toWait('row')), ...(metadata ?? []).map(toWait('metadata'))],
    metadata: metadata !== null,
  });
}

/** null: nobody counts metadata locks here. */
async function readMetadataWaits(session: SqlSession, server: MysqlServer): Promise<WaitRow[] | null> {
  if (!isOn(server.variables.get('performance_schema'))) return null;
  const what = { name: 'metadata locks' };
  const instrument = await readRows<{ enabled: string }>(
    session,
    "SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME = 'wait/lock/metadata/sql/mdl'",
    what,
  );
  if (!instrument.known || instrument.value[0]?.enabled !== 'YES') return null;
  const rows = await readRows<WaitRow>(session, METADATA_LOCKS, what);
  return rows.known ? rows.value : null;
}

function toWait(kind: MysqlLockWait['kind']): (row: WaitRow) => MysqlLockWait {
  return ({ waiting_id, blocking_id, table_name, index_name, mode }) => ({
    waitingId: waiting_id,
    blockingId: blocking_id,
    table: table_name,
    index: index_name,
    wantedMode: mode,
    kind,
  });
}
