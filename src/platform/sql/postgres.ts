import { RearguardError } from '../../core/errors.ts';
import { type DatabaseAddress, parseAddress } from './address.ts';
import { openConnection, type SqlConnection } from './connection.ts';
import { returnsRows } from './describe-statement.ts';
import { explainGeneric } from './generic-plan.ts';
import { marked } from './marker.ts';
import { failedQuery, isDatabaseError, unreachable } from './postgres-errors.ts';
import { limitsOf, startTransaction } from './postgres-limits.ts';
import type { QueryOptions, SqlConnector, SqlSession } from './types.ts';

/** The server cancels at the statement timeout; one that does not is given up on after this much more. */
const CLIENT_GRACE_MS = 2_000;
/** Texts that are remembered as such that return rows; ours are some fifty. */
const MAX_DESCRIBED = 1_000;

type OpenOptions = Parameters<SqlConnector['open']>[1];

/**
 * PostgreSQL sessions that the server itself keeps from writing. Three rules, none of which reads the SQL:
 * - each query has a READ ONLY transaction of its own, always rolled back, so that nothing it sets outlives it; a
 *   snapshot is taken before the query runs, and after that PostgreSQL lets nothing make the transaction writable;
 * - the extended protocol carries a single statement;
 * - the server describes each text before its first run, and only one that returns rows is run: COPY, DO, SET,
 *   transaction control and their like never are.
 * Beyond a transaction only startup parameters are set: they end with the connection, while a `SET SESSION` through a
 * pooler would make other clients read-only. Functions that only a superuser may call (`lo_export`, `dblink`) reach
 * beyond any transaction: connect with a role that has `pg_monitor` and little more.
 *
 * A session has one connection and keeps it, so that it can still look when the server has no slot left. After it was
 * lost, the next query opens another.
 *
 * Values come as the driver gives them: `bigint` and `numeric` as text.
 */
export function createSqlConnector({ connectTimeoutMs = 10_000 } = {}): SqlConnector {
  return {
    async open(url, options) {
      const address = parseAddress(url);
      const open = (): Promise<SqlConnection> => connect(address, options, connectTimeoutMs);
      const session = readOnlySession(await open(), open, address, options);
      try {
        const [row] = await session.query<{ server_version: string }>('show server_version');
        // Distributions append their own build: `18.4 (Debian 18.4-1)`.
        const serverVersion = row?.server_version.split(' ', 1)[0] ?? '';
        const { planWithout, ...queries } = session;
        return {
          ...queries,
          serverVersion,
          genericPlan: (sql, plan = {}) => planWithout(sql, plan, Number.parseInt(serverVersion, 10)),
        };
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
  const limits = { default_transaction_read_only: 'on', ...limitsOf(statementTimeoutMs) };
  const startupOptions = [
    address.options,
    ...Object.entries(limits).map(([name, value]) => `-c ${name}=${value}`),
  ]
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

function readOnlySession(
  first: SqlConnection,
  open: () => Promise<SqlConnection>,
  address: DatabaseAddress,
  { statementTimeoutMs, signal }: OpenOptions,
): Omit<SqlSession, 'serverVersion' | 'genericPlan'> & {
  /** The plan of a query without values for its parameters. */
  planWithout: (
    sql: string,
    options: Pick<QueryOptions, 'timeoutMs'>,
    majorVersion: number,
  ) => Promise<unknown>;
} {
  let connection = first;
  let closed = false;
  // A statement that returned rows once does so again: what its names mean may change, what kind it is may not.
  const described = new Set<string>();
  // A transaction belongs to one query: the next waits until it is over.
  let last: Promise<unknown> = Promise.resolve();

  async function inTransaction<Result>(
    begin: string,
    work: (client: SqlConnection['client']) => Promise<Result>,
  ): Promise<Result> {
    const { client } = connection;
    await client.query(begin);
    try {
      return await work(client);
    } finally {
      await client.query(marked('ROLLBACK')).catch(() => undefined);
    }
  }

  function run<Row>(sql: string, parameters: readonly unknown[], begin: string): Promise<Row[]> {
    return inTransaction(begin, async (client) => {
      if (!described.has(sql)) {
        if (!(await returnsRows(client, sql))) {
          throw new RearguardError('E_SQL_REFUSED', {
            reason: 'only a statement that returns rows is run in a read-only session',
          });
        }
        if (described.size >= MAX_DESCRIBED) described.clear();
        described.add(sql);
      }
      // Forces the extended protocol also when there are no parameters; the driver's types do not know it yet.
      const query = { text: sql, values: [...parameters], queryMode: 'extended' };
      return (await client.query(query)).rows as Row[];
    });
  }

  async function attempt<Result>(
    options: QueryOptions,
    work: (begin: string) => Promise<Result>,
  ): Promise<Result> {
    const timeoutMs = Math.min(statementTimeoutMs, options.timeoutMs ?? statementTimeoutMs);
    try {
      if (!closed && connection.lost()) {
        await connection.close();
        signal.throwIfAborted();
        connection = await open();
      }
      const begin = startTransaction(timeoutMs, options.catalog ?? false);
      return await connection.within(timeoutMs + CLIENT_GRACE_MS, () => work(begin));
    } catch (error) {
      signal.throwIfAborted();
      throw failedQuery(address, error, timeoutMs);
    }
  }

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  return {
    dialect: 'postgresql',
    query<Row extends Record<string, unknown>>(
      sql: string,
      parameters: readonly unknown[] = [],
      options: QueryOptions = {},
    ): Promise<Row[]> {
      return inTurn(() => attempt(options, (begin) => run<Row>(marked(sql), parameters, begin)));
    },
    planWithout: (sql, options, majorVersion) =>
      inTurn(() =>
        attempt(options, (begin) =>
          inTransaction(begin, (client) => explainGeneric(client, sql, majorVersion)),
        ),
      ),
    close() {
      closed = true;
      return connection.close();
    },
  };
}
