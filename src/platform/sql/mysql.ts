import { formatDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import { DeadlineError } from './deadline.ts';
import { type MysqlAddress, parseMysqlAddress } from './mysql-address.ts';
import { type MysqlConnection, openMysqlConnection } from './mysql-connection.ts';
import { OWN_STATEMENT_MARK } from './marker.ts';
import { refusalOfMysql } from './mysql-gate.ts';
import type { QueryOptions, SqlConnector, SqlDialect, SqlSession } from './types.ts';

/** Waiting for a lock means standing in the backend's way: give up before anybody notices. In seconds, the least there is. */
const LOCK_TIMEOUT_SECONDS = 1;
/** A session that its owner forgot goes; one that watches asks more often. */
const IDLE_TIMEOUT_SECONDS = 600;
/** The server cancels at the statement timeout; one that does not is given up on after this much more. */
const CLIENT_GRACE_MS = 2_000;

type OpenOptions = Parameters<SqlConnector['open']>[1];

/**
 * Sessions on MySQL and MariaDB that cannot write, in three layers: every query has a READ ONLY transaction of its own,
 * always rolled back; the server takes one statement at a time; and mysql-gate.ts lets through only what returns rows,
 * because neither server keeps SET GLOBAL, KILL or SELECT INTO OUTFILE out of such a transaction. The role should hold
 * SELECT and PROCESS, and neither FILE nor SUPER.
 *
 * Values come as the driver gives them: DECIMAL, dates and JSON as text, integers beyond 2^53 as text.
 */
export function createMysqlConnector({ connectTimeoutMs = 10_000 } = {}): SqlConnector {
  return {
    async open(url, options) {
      const address = parseMysqlAddress(url);
      const connection = await connect(address, options, connectTimeoutMs);
      try {
        const { dialect, serverVersion } = await connection.within(connectTimeoutMs, () =>
          prepareSession(connection, options.statementTimeoutMs),
        );
        return { dialect, serverVersion, ...readOnlySession(connection, address, dialect, options) };
      } catch (error) {
        await connection.close();
        options.signal.throwIfAborted();
        throw failedQuery(address, error, connectTimeoutMs);
      }
    },
  };
}

async function connect(
  address: MysqlAddress,
  { signal }: OpenOptions,
  connectTimeoutMs: number,
): Promise<MysqlConnection> {
  try {
    return await openMysqlConnection(address, { connectTimeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(address, error);
  }
}

/** Tells who answers and sets the limits. Throws what the server says when it refuses one. */
async function prepareSession(
  { rows }: MysqlConnection,
  statementTimeoutMs: number,
): Promise<{ dialect: SqlDialect; serverVersion: string }> {
  const [row] = (await rows('SELECT VERSION() AS version, @@version_comment AS comment')) as {
    version: string;
    comment: string;
  }[];
  const version = row?.version ?? '';
  const dialect = /mariadb/i.test(`${version} ${row?.comment}`) ? 'mariadb' : 'mysql';
  const settings = [
    // Quotes and backslashes then mean what mysql-gate.ts takes them for.
    "sql_mode = ''",
    `lock_wait_timeout = ${LOCK_TIMEOUT_SECONDS}`,
    `innodb_lock_wait_timeout = ${LOCK_TIMEOUT_SECONDS}`,
    `wait_timeout = ${IDLE_TIMEOUT_SECONDS}`,
    statementTimeout(dialect, statementTimeoutMs),
  ];
  for (const setting of settings) await rows(`SET SESSION ${setting}`);
  await rows('SET SESSION TRANSACTION READ ONLY');
  return { dialect, serverVersion: /^(?:5\.5\.5-)?(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? version };
}

function statementTimeout(dialect: SqlDialect, timeoutMs: number): string {
  const limitMs = Math.max(1, Math.round(timeoutMs));
  return dialect === 'mariadb'
    ? `max_statement_time = ${limitMs / 1_000}`
    : `max_execution_time = ${limitMs}`;
}

function readOnlySession(
  { rows, within, close }: MysqlConnection,
  address: MysqlAddress,
  dialect: SqlDialect,
  { statementTimeoutMs, signal }: OpenOptions,
): Pick<SqlSession, 'query' | 'close'> {
  // A transaction belongs to one query: the next waits until it is over.
  let last: Promise<unknown> = Promise.resolve();
  let currentTimeoutMs = statementTimeoutMs;

  async function run(
    sql: string,
    parameters: readonly unknown[],
    timeoutMs: number,
  ): Promise<Record<string, unknown>[]> {
    const refusal = refusalOfMysql(sql);
    if (refusal !== null) throw new RearguardError('E_SQL_REFUSED', { reason: refusal });
    if (timeoutMs !== currentTimeoutMs) {
      await rows(`SET SESSION ${statementTimeout(dialect, timeoutMs)}`);
      currentTimeoutMs = timeoutMs;
    }
    await rows('START TRANSACTION READ ONLY');
    try {
      return await rows(`${OWN_STATEMENT_MARK} ${sql}`, parameters);
    } finally {
      await rows('ROLLBACK').catch(() => undefined);
    }
  }

  return {
    close,
    query<Row extends Record<string, unknown>>(
      sql: string,
      parameters: readonly unknown[] = [],
      { timeoutMs = statementTimeoutMs }: QueryOptions = {},
    ): Promise<Row[]> {
      const limitMs = Math.min(timeoutMs, statementTimeoutMs);
      const result = last.then(() =>
        within(limitMs + CLIENT_GRACE_MS, () => run(sql, parameters, limitMs)).then(
          (found) => found as Row[],
          (error: unknown) => {
            signal.throwIfAborted();
            throw failedQuery(address, error, limitMs);
          },
        ),
      );
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** ER_QUERY_TIMEOUT of MySQL, ER_STATEMENT_TIMEOUT of MariaDB, ER_QUERY_INTERRUPTED of both. */
const TIMEOUTS = new Set([3_024, 1_969, 1_317]);

function failedQuery(address: MysqlAddress, error: unknown, statementTimeoutMs: number): RearguardError {
  if (error instanceof RearguardError) return error;
  const number = serverErrorNumber(error);
  if (error instanceof DeadlineError || (number !== undefined && TIMEOUTS.has(number))) {
    const limit = formatDuration(statementTimeoutMs);
    return new RearguardError('E_TIMEOUT', { what: `A query on ${address.label}`, limit }, { cause: error });
  }
  if (number === undefined) return unreachable(address, error);
  const reason = address.redact((error as Error).message);
  return new RearguardError('E_SQL_REFUSED', { reason }, { cause: error });
}

function unreachable(address: MysqlAddress, error: unknown): RearguardError {
  const { message, code } = error as Error & { code?: string };
  return new RearguardError('E_UNREACHABLE', {
    what: address.label,
    reason: address.redact(message || code || 'the connection failed'),
    hint:
      serverErrorNumber(error) === undefined
        ? 'Check that it runs and that host and port are right.'
        : 'The server answered: check user, password and database name.',
  });
}

/** Of an error that the server sent; the driver's own have none, or no SQL state. */
function serverErrorNumber(error: unknown): number | undefined {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  return typeof errno === 'number' && typeof sqlState === 'string' ? errno : undefined;
}
