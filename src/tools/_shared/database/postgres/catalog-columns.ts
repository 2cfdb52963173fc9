import type { CatalogColumn, ColumnStatistics } from '../catalog.ts';
import { groupByTable } from './catalog-tables.ts';
import type { ServerFacts } from './server.ts';
import { type Columns, majorOf, number, selectList, USER_SCHEMAS } from './sql.ts';
import type { CatalogQuery } from './topic.ts';

type ColumnRow = Omit<CatalogColumn, 'statistics'> & { tableOid: number };

const COLUMN: Columns<ColumnRow> = {
  tableOid: number('a.attrelid::int8'),
  name: 'a.attname',
  number: 'a.attnum::int',
  type: 'format_type(a.atttypid, a.atttypmod)',
  notNull: 'a.attnotnull',
};

/** By the oid of the table, in the order of the table. */
export async function readColumns(
  query: CatalogQuery,
  server: ServerFacts,
): Promise<Map<number, Omit<ColumnRow, 'tableOid'>[]>> {
  const rows = await query<ColumnRow>(
    `SELECT ${selectList(COLUMN, majorOf(server))}
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND c.relpersistence <> 't'
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE a.attnum > 0 AND NOT a.attisdropped AND ${USER_SCHEMAS('n')}
     ORDER BY a.attrelid, a.attnum`,
  );
  return groupByTable(rows);
}

type StatisticsRow = ColumnStatistics & { schema: string; relation: string; attribute: string };

const STATISTICS: Columns<StatisticsRow> = {
  schema: 's.schemaname',
  relation: 's.tablename',
  attribute: 's.attname',
  nullShare: number('s.null_frac'),
  averageWidth: number('s.avg_width'),
  distinct: number('s.n_distinct'),
  mostCommonValues: `coalesce(s.most_common_vals::text::text[], '{}')`,
  mostCommonShares: `coalesce(s.most_common_freqs::float8[], '{}')`,
  histogram: `coalesce(s.histogram_bounds::text::text[], '{}')`,
  correlation: number('s.correlation'),
};

/** Of columns and, by the name of their index, of expressions; looked up by `schema`, relation and attribute. */
export type StatisticsBook = (schema: string, relation: string, attribute: string) => ColumnStatistics | null;

/** Only those the role may read. A partitioned table has its own, of all partitions together. */
export async function readColumnStatistics(
  query: CatalogQuery,
  server: ServerFacts,
): Promise<StatisticsBook> {
  const rows = await query<StatisticsRow>(
    `SELECT ${selectList(STATISTICS, majorOf(server))} FROM pg_catalog.pg_stats s
     WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY s.inherited`,
  );
  const key = (...parts: string[]): string => JSON.stringify(parts);
  const book = new Map(
    rows.map(({ schema, relation, attribute, ...statistics }) => [
      key(schema, relation, attribute),
      statistics,
    ]),
  );
  return (schema, relation, attribute) => book.get(key(schema, relation, attribute)) ?? null;
}
