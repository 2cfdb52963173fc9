import { DatabaseError } from 'pg';
import { formatDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import { type DatabaseAddress, parseAddress } from './address.ts';
import { DeadlineError, openConnection, type SqlConnection } from './connection.ts';
import { returnsRows } from './describe-statement.ts';
import type { SqlConnector, SqlSession } from './types.ts';

/** Waiting for a lock means standing in the backend's way: give up before anybody notices. */
const LOCK_TIMEOUT_MS = 1_000;
/** Only a client that died leaves a transaction open this long; it must not hold back vacuum. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** The server cancels at the statement timeout; one that does not is given up on after this much more. */
const CLIENT_GRACE_MS = 2_000;

type OpenOptions = Parameters<SqlConnector['open']>[1];

/**
 * PostgreSQL sessions that the server itself keeps from writing. Three rules, none of which reads the SQL:
 * - each query has a READ ONLY transaction of its own, always rolled back, so that nothing it sets outlives it; a
 *   snapshot is taken before the query runs, and after that PostgreSQL lets nothing make the transaction writable;
 * - the extended protocol carries a single statement;
 * - the server describes the statement first, and only one that returns rows is run: COPY, DO, SET, transaction control
 *   and their like never are.
 * Beyond a transaction only startup parameters are set: they end with the connection, while a `SET SESSION` through a
 * pooler would make other clients read-only. Functions that only a superuser may call (`lo_export`, `dblink`) reach
 * beyond any transaction: connect with a role that has `pg_monitor` and little more.
 *
 * Values come as the driver gives them: `bigint` and `numeric` as text.
 */
export function createSqlConnector({ connectTimeoutMs = 10_000 } = {}): SqlConnector {
  return {
    async open(url, options) {
      const address = parseAddress(url);
      const connection = await connect(address, options, connectTimeoutMs);
      const session = readOnlySession(connection, address, options);
      try {
        const [row] = await session.query<{ server_version: string }>('show server_version');
        // Distributions append their own build: `18.4 (Debian 18.4-1)`.
        const serverVersion = row?.server_version.split(' ', 1)[0] ?? '';
        return { ...session, serverVersion };
      } catch (error) {
        await session.close();
        throw error;
      }
    },
  };
}

async function connect(
  address: DatabaseAddress,
  { statementTimeoutMs, signal }: OpenOptions,
  connectTimeoutMs: number,
): Promise<SqlConnection> {
  const limits = Object.entries({ default_transaction_read_only: 'on', ...timeouts(statementTimeoutMs) });
  const startupOptions = [address.options, ...limits.map(([name, value]) => `-c ${name}=${value}`)]
    .join(' ')
    .trim();
  try {
    try {
      return await openConnection(address, { startupOptions, connectTimeoutMs, signal });
    } catch (error) {
      // PgBouncer before 1.20 refuses `options`; each transaction sets the same limits, so nothing is lost.
      if (!isDatabaseError(error) || !error.message.includes('unsupported startup parameter')) throw error;
      return await openConnection(address, { startupOptions: address.options, connectTimeoutMs, signal });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(address, error);
  }
}

function timeouts(statementTimeoutMs: number): Record<string, number> {
  return {
    statement_timeout: Math.max(1, Math.round(statementTimeoutMs)),
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
}

function readOnlySession(
  { client, within, close }: SqlConnection,
  address: DatabaseAddress,
  { statementTimeoutMs, signal }: OpenOptions,
): Omit<SqlSession, 'serverVersion'> {
  const limits = Object.entries(timeouts(statementTimeoutMs)).map(
    ([name, value]) => `SET LOCAL ${name} = ${value}`,
  );
  const begin = ['BEGIN TRANSACTION READ ONLY', ...limits, 'SELECT 1'].join('; ');
  // A transaction belongs to one query: the next waits until it is over.
  let last: Promise<unknown> = Promise.resolve();

  async function run<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    await client.query(begin);
    try {
      if (!(await returnsRows(client, sql))) {
        throw new RearguardError('E_SQL_REFUSED', {
          reason: 'only a statement that returns rows is run in a read-only session',
        });
      }
      // Forces the extended protocol also when there are no parameters; the driver's types do not know it yet.
      const query = { text: sql, values: [...parameters], queryMode: 'extended' };
      return (await client.query(query)).rows as Row[];
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
    }
  }

  return {
    dialect: 'postgresql',
    close,
    query<Row extends Record<string, unknown>>(
      sql: string,
      parameters: readonly unknown[] = [],
    ): Promise<Row[]> {
      const result = last.then(() =>
        within(statementTimeoutMs + CLIENT_GRACE_MS, () => run<Row>(sql, parameters)).catch(
          (error: unknown) => {
            signal.throwIfAborted();
            throw failedQuery(address, error, statementTimeoutMs);
          },
        ),
      );
      last = result.catch(() => undefined);
      return result;
    },
  };
}

const QUERY_CANCELED = '57014';

function failedQuery(address: DatabaseAddress, error: unknown, statementTimeoutMs: number): RearguardError {
  if (error instanceof RearguardError) return error;
  const canceled = isDatabaseError(error) && error.code === QUERY_CANCELED;
  if (canceled || error instanceof DeadlineError) {
    const limit = formatDuration(statementTimeoutMs);
    return new RearguardError('E_TIMEOUT', { what: `A query on ${address.label}`, limit }, { cause: error });
  }
  if (isDatabaseError(error)) {
    return new RearguardError('E_SQL_REFUSED', { reason: address.redact(error.message) }, { cause: error });
  }
  return unreachable(address, error);
}

function unreachable(address: DatabaseAddress, error: unknown): RearguardError {
  const { message, code } = error as Error & { code?: string };
  return new RearguardError('E_UNREACHABLE', {
    what: address.label,
    // Refused on every address of a name: the driver's error has a code and no text.
    reason: address.redact(message || code || 'the connection failed'),
    hint: isDatabaseError(error)
      ? 'The server answered: check user, password and database name.'
      : 'Check that it runs and that host and port are right.',
  });
}

function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError;
}
