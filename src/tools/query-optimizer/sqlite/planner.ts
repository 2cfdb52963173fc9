import type { SqliteCopies, SqliteScratch, ScratchOptions } from '../../../platform/sqlite/copies.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import { createSqliteIndex, type SqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { sqlitePlan, type SqlitePlanRow } from '../../_shared/database/sqlite/plan.ts';

/** Plans queries as if an index were there: in an empty database with the same schema and the same statistics. */
export interface SqlitePlanner {
  plan(sql: string, index?: IndexDefinition): Promise<Plan>;
  close(): Promise<void>;
}

/** Name of the index that is thought of. */
export const HYPOTHETICAL = 'rearguard_hypothetical';
/** Rows for each value of a key nobody counted: what SQLite assumes itself (where.html, "rows for each value"). */
const ASSUMED_PER_VALUE = 10;

export async function openPlanner(
  source: SqlSession,
  catalog: SqliteCatalog,
  copies: SqliteCopies,
  options: ScratchOptions,
): Promise<SqlitePlanner> {
  const scratch = await copies.empty(options);
  try {
    await loadSchema(source, scratch);
    await loadStatistics(scratch, catalog);
  } catch (error) {
    await scratch.close();
    throw error;
  }
  async function explain(sql: string): Promise<Plan> {
    return sqlitePlan(await scratch.query<SqlitePlanRow>(`EXPLAIN QUERY PLAN ${sql}`));
  }
  return {
    close: () => scratch.close(),
    async plan(sql, index) {
      if (index === undefined) return explain(sql);
      const statistic = catalog.statistics.length > 0 ? statisticOf(index, catalog) : '';
      // In a transaction: a DROP INDEX would have to wait until the engine lets go of earlier statements.
      await scratch.execute(`BEGIN; ${createSqliteIndex(index, HYPOTHETICAL)}; ${statistic}`);
      try {
        return await explain(sql);
      } finally {
        await scratch.execute('ROLLBACK');
      }
    },
  };
}

/** Tables first, then what stands on them; shadow tables of virtual ones come with those. */
async function loadSchema(source: SqlSession, scratch: SqliteScratch): Promise<void> {
  const objects = await source.query<{ sql: string }>(`
    SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND type IN ('table', 'index', 'view')
    ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid`);
  for (const { sql } of objects) {
    // A virtual table of a module that is not built in, or a shadow table that is there by now.
    await scratch.execute(sql).catch(() => undefined);
  }
}

async function loadStatistics(scratch: SqliteScratch, { statistics }: SqliteCatalog): Promise<void> {
  if (statistics.length === 0) return;
  const rows = statistics.map(
    ({ table, index, rows: count, perKey }) =>
      `(${quoted(table)}, ${index === null ? 'NULL' : quoted(index)}, ${quoted([count, ...perKey].join(' '))})`,
  );
  // ANALYZE makes the table of statistics; of an empty database it stays empty.
  await scratch.execute(`ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES ${rows.join(', ')};
    ANALYZE sqlite_schema`);
}

/** What ANALYZE would find for it, from the indexes that begin with the same columns. */
function statisticOf(index: IndexDefinition, catalog: SqliteCatalog): string {
  const table = catalog.tables.find(({ name }) => name === index.table) as CatalogTable;
  const rows = table.rows ?? 0;
  let per = rows;
  const numbers = index.keys.map((_, position) => {
    per = Math.max(
      1,
      Math.min(per, perValue(table, index, position, catalog) ?? Math.min(per, ASSUMED_PER_VALUE)),
    );
    return Math.round(per);
  });
  return `INSERT INTO sqlite_stat1 VALUES (${quoted(index.table)}, '${HYPOTHETICAL}', ${quoted([rows, ...numbers].join(' '))});
    ANALYZE sqlite_schema`;
}

/** Rows for each value of the first `position + 1` keys, where an index was counted that begins with these. */
function perValue(
  table: CatalogTable,
  index: IndexDefinition,
  position: number,
  { statistics }: SqliteCatalog,
): number | null {
  const wanted = index.keys.slice(0, position + 1).map(({ column }) => column);
  const counted = table.indexes.find(
    ({ keys }) => keys.length > position && wanted.every((column, at) => keys[at]?.column === column),
  );
  return (
    statistics.find((one) => one.index === counted?.name && one.table === table.name)?.perKey[position] ??
    null
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
