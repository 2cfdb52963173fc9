import { Client } from 'pg';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import { GATE_SETUP, HONEST_SQL, HOSTILE_SQL } from '../../../src/tools/_shared/sql/gate-cases-fixture.ts';
import { assertReadOnlySelect } from '../../../src/tools/_shared/sql/gate.ts';
import { type BenchRow, row } from '../bench.ts';

/** Short, so that inputs that wait for ever end. */
const STATEMENT_TIMEOUT_MS = 500;

/**
 * What the gate lets through and what it does not, on a real server; and what hostile inputs do when there is no gate:
 * straight into the read-only session of a role with SELECT alone.
 */
export async function benchHostileSql(log: (line: string) => void): Promise<BenchRow[]> {
  const server = await startPostgres();
  const owner = new Client({ connectionString: server.url });
  try {
    await owner.connect();
    await owner.query(GATE_SETUP);
    const url = new URL(server.url);
    url.username = 'analyst';
    url.password = 'analyst';
    log(`${HOSTILE_SQL.length} hostile and ${HONEST_SQL.length} honest inputs`);
    const gated = await inSession(url.href, async (session) => ({
      refused: await countOf(HOSTILE_SQL, (sql) => isRefused(sql, session)),
      accepted: await countOf(HONEST_SQL, (sql) => isAnswered(sql, session)),
    }));
    const before = await stateOf(owner);
    let harmless = 0;
    for (const sql of HOSTILE_SQL) {
      await inSession(url.href, (session) => session.query(sql).catch(() => undefined));
      const after = await stateOf(owner);
      if (after === before) harmless += 1;
      else log(`changed by ${sql}`);
    }
    return [
      row({
        name: 'hostile inputs refused',
        value: gated.refused,
        unit: `of ${HOSTILE_SQL.length}`,
        goal: { op: '=', value: HOSTILE_SQL.length },
        samples: HOSTILE_SQL.length,
      }),
      row({
        name: 'honest analytic queries accepted and run',
        value: gated.accepted,
        unit: `of ${HONEST_SQL.length}`,
        goal: { op: '=', value: HONEST_SQL.length },
        samples: HONEST_SQL.length,
        note: 'ordered sets, window frames, grouping sets, recursive and nested CTEs, LATERAL, jsonpath, extensions, ranges, full text',
      }),
      row({
        name: 'hostile inputs without effect past the gate, in the read-only session',
        value: harmless,
        unit: `of ${HOSTILE_SQL.length}`,
        goal: { op: '=', value: HOSTILE_SQL.length },
        note: 'rows, tables, sequences, settings, locks and other sessions compared after each one',
      }),
    ];
  } finally {
    await owner.end().catch(() => undefined);
    await server.stop();
  }
}

async function inSession<Result>(
  url: string,
  use: (session: SqlSession) => Promise<Result>,
): Promise<Result> {
  const { signal } = new AbortController();
  const session = await createSqlConnector().open(url, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, signal });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

async function countOf(inputs: readonly string[], holds: (sql: string) => Promise<boolean>): Promise<number> {
  let count = 0;
  for (const sql of inputs) if (await holds(sql)) count += 1;
  return count;
}

async function isRefused(sql: string, session: SqlSession): Promise<boolean> {
  return assertReadOnlySelect(sql, session).then(
    () => false,
    () => true,
  );
}

async function isAnswered(sql: string, session: SqlSession): Promise<boolean> {
  try {
    await session.query((await assertReadOnlySelect(sql, session)).text);
    return true;
  } catch {
    return false;
  }
}

/** Everything that an input could have changed, as one text. The owner's session is one that could be ended. */
async function stateOf(owner: Client): Promise<string> {
  const { rows } = await owner.query(`
    select (select array_agg(o order by o.id) from orders o)::text as orders,
           (select array_agg(entry) from ledger) as ledger,
           (select last_value::text || is_called::text from counter) as counter,
           (select array_agg(relname order by relname) from pg_class where relnamespace = 'public'::regnamespace) as relations,
           (select count(*) from pg_largeobject_metadata) as large_objects,
           (select count(*) from pg_locks where locktype = 'advisory') as advisory_locks,
           (select array_agg(setconfig::text) from pg_db_role_setting) as settings,
           pg_backend_pid() as own_session`);
  return JSON.stringify(rows);
}
