import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { estimateSpace, type Space } from '../analyze/storage/bloat.ts';
import type { TrackerOptions } from '../options.ts';
import type { StateSnapshot } from './window.ts';

/** The largest candidates; each is read in parts (pages that are all-visible are skipped). */
const MAX_TABLES = 10;
const COUNT_TIMEOUT_MS = 5_000;

interface ApproxRow extends Record<string, unknown> {
  heap_bytes: string;
  wasted_bytes: string;
}

/**
 * Empty and dead space as pgstattuple_approx counts it, of tables that could be bloated, by `schema.table`. Empty where
 * the extension is not installed, or the role may not use it: estimates stand then.
 */
export async function countBloat(
  session: SqlSession,
  { server, parts }: StateSnapshot,
  storage: TrackerOptions['storage'],
): Promise<Map<string, Space>> {
  const extension = server.extensions.get('pgstattuple');
  const counted = new Map<string, Space>();
  if (extension === undefined || !parts.tables.known) return counted;
  const candidates = parts.tables.value
    .filter(({ heapBytes }) => (heapBytes ?? 0) >= storage.bloatSize)
    .filter((table) => {
      const estimate = estimateSpace(table, server.blockBytes, storage);
      return estimate === null || estimate.wastedBytes >= 0.3 * estimate.heapBytes;
    })
    .toSorted((a, b) => (b.heapBytes ?? 0) - (a.heapBytes ?? 0))
    .slice(0, MAX_TABLES);
  for (const { oid, schema, name } of candidates) {
    try {
      const [row] = await session.query<ApproxRow>(
        `SELECT table_len AS heap_bytes, (dead_tuple_len + approx_free_space)::int8 AS wasted_bytes
         FROM ${quoteIdentifier(extension.schema)}.pgstattuple_approx($1::oid::regclass)`,
        [oid],
        { timeoutMs: COUNT_TIMEOUT_MS },
      );
      if (row === undefined) continue;
      counted.set(`${schema}.${name}`, {
        heapBytes: Number(row.heap_bytes),
        wastedBytes: Number(row.wasted_bytes),
        basis: 'pgstattuple',
      });
    } catch (error) {
      // Forbidden, or too slow: the estimate stands.
      if (!(error instanceof RearguardError) || error.code === 'E_UNREACHABLE') throw error;
    }
  }
  return counted;
}
