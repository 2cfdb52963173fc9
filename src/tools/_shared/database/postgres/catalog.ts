import type { Catalog, CatalogIndex, CatalogTable } from '../catalog.ts';
import { readColumns, readColumnStatistics, type StatisticsBook } from './catalog-columns.ts';
import { type IndexRow, readCatalogIndexes } from './catalog-indexes.ts';
import { readCatalogTables, readForeignKeys, type TableRow } from './catalog-tables.ts';
import { oneRow, PER_OBJECT_MS, type TopicReader } from './topic.ts';

/**
 * Tables, columns, indexes and foreign keys outside of the system's schemas, with the planner's statistics as far as the
 * role may read them: SELECT on the table, or pg_read_all_data. Unknown while somebody has one of the tables for himself:
 * what the server prints of an index, it looks up under a lock.
 */
export const catalogReader: TopicReader<Catalog> = {
  view: 'pg_class, pg_attribute, pg_index, pg_constraint, pg_stats',
  budgetMs: PER_OBJECT_MS,
  async read(query, server) {
    const tables = await readCatalogTables(query, server);
    const columns = await readColumns(query, server);
    const indexes = await readCatalogIndexes(query, server);
    const foreignKeys = await readForeignKeys(query, server);
    const statistics = await readColumnStatistics(query, server);
    // Of the session itself, not of this statement, whose own search path is the catalogue.
    const path = await query<{ path: string[] }>(
      'SELECT pg_catalog.current_schemas(false)::text[] AS path',
      [],
      {
        catalog: false,
      },
    );
    return {
      searchPath: oneRow(path).path,
      tables: tables.map((table) => toTable(table, columns, indexes, foreignKeys, statistics)),
      extensions: new Map([...server.extensions].map(([name, { version }]) => [name, version])),
    };
  },
};

function toTable(
  { allVisiblePages, ...table }: TableRow,
  columns: Awaited<ReturnType<typeof readColumns>>,
  indexes: Awaited<ReturnType<typeof readCatalogIndexes>>,
  foreignKeys: Awaited<ReturnType<typeof readForeignKeys>>,
  statistics: StatisticsBook,
): CatalogTable {
  return {
    ...table,
    allVisibleShare: table.pages === 0 ? 0 : Math.min(1, allVisiblePages / table.pages),
    columns: (columns.get(table.oid) ?? []).map((column) => ({
      ...column,
      statistics: statistics(table.schema, table.name, column.name),
    })),
    indexes: (indexes.get(table.oid) ?? []).map((index) => toIndex(index, statistics)),
    foreignKeys: foreignKeys.get(table.oid) ?? [],
  };
}

function toIndex(row: Omit<IndexRow, 'tableOid'>, statistics: StatisticsBook): CatalogIndex {
  const keys = row.keys.map(({ attribute, ...key }) => ({
    key,
    ofExpression: key.expression === null ? null : statistics(row.schema, row.name, attribute),
  }));
  const expressionStatistics = keys.map(({ ofExpression }) => ofExpression);
  return {
    ...row,
    keys: keys.map(({ key }) => key),
    ...(expressionStatistics.some((one) => one !== null) ? { expressionStatistics } : {}),
  };
}
