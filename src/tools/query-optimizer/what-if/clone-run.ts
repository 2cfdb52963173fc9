import { RearguardError } from '../../../core/errors.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import type { Clone } from './clone-types.ts';
import { planOf, refusing } from './explain.ts';
import { nameParts } from './visibility.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const QUERY_CANCELED = '57014';

/** What a clone is for: running things. */
export function cloneRuns(
  session: SandboxSession,
  inOrder: <T>(work: () => Promise<T>) => Promise<T>,
): Pick<Clone, 'explainAnalyze' | 'checksum' | 'analyze'> {
  async function run<Row extends Record<string, unknown>>(
    sql: string,
    timeoutMs: number,
  ): Promise<Row | undefined> {
    await session.execute(`SET statement_timeout = ${Math.max(1, Math.round(timeoutMs))}`);
    try {
      return (await refusing(() => session.query<Row>(sql)))[0];
    } catch (error) {
      if (!isCanceled(error)) throw error;
      const limit = formatDuration(timeoutMs);
      throw new RearguardError('E_TIMEOUT', { what: 'A query on the copy', limit }, { cause: error });
    } finally {
      await session.execute('RESET statement_timeout');
    }
  }

  return {
    explainAnalyze: (sql, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) =>
      inOrder(async () => {
        // Without the clock at each step, which costs more than many a step.
        const row = await run<{ 'QUERY PLAN': unknown }>(
          `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY, VERBOSE, FORMAT JSON) ${sql}`,
          timeoutMs,
        );
        return planOf(row?.['QUERY PLAN']);
      }),
    checksum: (sql, { timeoutMs = DEFAULT_TIMEOUT_MS, ordered = false } = {}) =>
      inOrder(async () => {
        const digest = ordered
          ? `md5(coalesce(string_agg(md5(result::text), ','), ''))`
          : `coalesce(sum(('x' || left(md5(result::text), 15))::bit(60)::bigint), 0)::text`;
        const row = await run<{ digest: string; rows: string }>(
          `SELECT ${digest} AS digest, count(*)::text AS rows FROM (${withoutEnd(sql)}) AS result`,
          timeoutMs,
        );
        return { digest: row?.digest ?? '', rows: Number(row?.rows ?? 0) };
      }),
    analyze: (table) =>
      inOrder(() =>
        session.execute(
          `VACUUM (ANALYZE) ${table === undefined ? '' : nameParts(table).map(quoteIdentifier).join('.')}`,
        ),
      ),
  };
}

function withoutEnd(sql: string): string {
  return sql.replace(/[\s;]+$/, '');
}

function isCanceled(error: unknown): boolean {
  const causes = [error, (error as Error).cause, ((error as Error).cause as Error | undefined)?.cause];
  return causes.some((cause) => (cause as { code?: unknown } | undefined)?.code === QUERY_CANCELED);
}
