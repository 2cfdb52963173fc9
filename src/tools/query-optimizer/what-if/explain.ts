import { RearguardError, reasonOf } from '../../../core/errors.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { Plan } from '../../_shared/database/plan.ts';

/** A session of either kind. */
interface Queries {
  query<Row extends Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** The plan of one statement, which is not run. Throws E_SQL_REFUSED with the server's words. */
export async function explain(session: Queries, sql: string): Promise<Plan> {
  // VERBOSE for the schemas of tables.
  const [row] = await refusing(() =>
    session.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`),
  );
  return planOf(row?.['QUERY PLAN']);
}

/** Throws E_SQL_REFUSED when it is none. */
export function planOf(document: unknown): Plan {
  const plan = parsePlan(document);
  if (plan === null) throw new RearguardError('E_SQL_REFUSED', { reason: 'the server gave no plan' });
  return plan;
}

/**
 * Plans for values that are not known: a prepared statement, planned generically whatever it is executed with. Every major
 * has it, and PREPARE takes one statement, which GENERIC_PLAN cannot promise. Each is prepared once.
 *
 * @param session with plan_cache_mode = force_generic_plan
 */
export function genericExplainer(session: Queries): (sql: string) => Promise<Plan> {
  const prepared = new Map<string, string>();
  return async (sql) => {
    let call = prepared.get(sql);
    if (call === undefined) {
      const name = `rearguard_${prepared.size}`;
      await refusing(() => session.query(`PREPARE ${name} AS ${sql}`));
      const [row] = await session.query<{ count: number }>(
        'SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = $1',
        [name],
      );
      const values = Array.from({ length: row?.count ?? 0 }, () => 'NULL').join(', ');
      call = values === '' ? name : `${name}(${values})`;
      prepared.set(sql, call);
    }
    return explain(session, `EXECUTE ${call}`);
  };
}

/** What the server itself refuses is E_SQL_REFUSED with its words; the rest stays what it is. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RearguardError && cause.code === 'E_SANDBOX' && isRefusal(cause.cause)) {
      throw new RearguardError('E_SQL_REFUSED', { reason: reasonOf(cause.cause) }, { cause });
    }
    throw cause;
  }
}

/** The server's own errors have a five-letter code; a lost connection has another one. */
function isRefusal(cause: unknown): boolean {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
}
