import type { Client } from 'pg';
import { RearguardError } from '../../core/errors.ts';
import { returnsRows } from './describe-statement.ts';
import { marked } from './marker.ts';

/** EXPLAIN knows GENERIC_PLAN since 16. */
const GENERIC_PLAN_SINCE = 16;
const OPTIONS = 'FORMAT JSON, VERBOSE';
const NAME = 'rearguard_generic_plan';

/**
 * The plan of one query whose parameters `$n` have no values, as EXPLAIN's document; nothing is run. Call it within the
 * read-only transaction of a session: what it prepares is gone afterwards.
 *
 * Parameters without values exist in the simple protocol only, which would carry several statements: so the server has to
 * take the very same text as one statement first.
 */
export async function explainGeneric(client: Client, sql: string, majorVersion: number): Promise<unknown> {
  if (majorVersion >= GENERIC_PLAN_SINCE) {
    const text = marked(`EXPLAIN (GENERIC_PLAN, ${OPTIONS}) ${sql}`);
    await refuseUnlessOne(client, text);
    return documentOf(await client.query(text));
  }
  await refuseUnlessOne(client, sql);
  return explainPrepared(client, sql);
}

/** Before 16: a prepared statement that is planned once for all values, executed with none. */
async function explainPrepared(client: Client, sql: string): Promise<unknown> {
  const count = parameterCount(sql);
  const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`;
  await client.query('SET LOCAL plan_cache_mode = force_generic_plan');
  await client.query(`PREPARE ${NAME} AS ${sql}`);
  await client.query('SAVEPOINT before_explain');
  try {
    return documentOf(await client.query(marked(`EXPLAIN (${OPTIONS}) EXECUTE ${NAME}${values}`)));
  } finally {
    // What is prepared outlives a transaction, and behind a pooler the next one may be another client's.
    await client.query('ROLLBACK TO SAVEPOINT before_explain');
    await client.query(`DEALLOCATE ${NAME}`);
  }
}

async function refuseUnlessOne(client: Client, sql: string): Promise<void> {
  if (await returnsRows(client, sql)) return;
  throw new RearguardError('E_SQL_REFUSED', { reason: 'only a statement that returns rows is planned' });
}

/** Highest `$n` outside of texts and quoted names. */
function parameterCount(sql: string): number {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ');
  return Math.max(0, ...[...bare.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
}

function documentOf({ rows }: { rows: Record<string, unknown>[] }): unknown {
  return rows[0]?.['QUERY PLAN'];
}
