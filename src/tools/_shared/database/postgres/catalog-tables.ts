import { groupBy } from '../../../../core/group-by.ts';
import type { CatalogTable, ForeignKey, TableKind } from '../catalog.ts';
import type { ServerFacts } from './server.ts';
import { type Columns, majorOf, number, selectList, USER_SCHEMAS } from './sql.ts';
import type { CatalogQuery } from './topic.ts';

export type TableRow = Omit<
  CatalogTable,
  'columns' | 'indexes' | 'foreignKeys' | 'allVisibleShare' | 'oid'
> & {
  oid: number;
  allVisiblePages: number;
};

const TABLE: Columns<TableRow> = {
  schema: 'n.nspname',
  name: 'c.relname',
  kind: `CASE WHEN c.relkind = 'p' THEN 'partitioned' WHEN c.relkind = 'v' THEN 'view'
    WHEN c.relkind = 'm' THEN 'materialized-view' WHEN c.relkind = 'f' THEN 'foreign'
    WHEN c.relispartition THEN 'partition' ELSE 'table' END`,
  oid: number('c.oid::int8'),
  // Before 14 a table that was never counted says 0 rows on 0 pages.
  rows: number(
    'CASE WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL ELSE c.reltuples END',
  ),
  pages: number('greatest(c.relpages, 0)'),
  allVisiblePages: number('c.relallvisible'),
  totalBytes: number(`CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) ELSE 0 END`),
  parent: `(SELECT format('%s.%s', pn.nspname, p.relname) FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE c.relispartition AND i.inhrelid = c.oid)`,
};

/** Tables, views and their like outside of the system's schemas, by name. */
export async function readCatalogTables(query: CatalogQuery, server: ServerFacts): Promise<TableRow[]> {
  const rows = await query<TableRow>(
    `SELECT ${selectList(TABLE, majorOf(server))}
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND ${USER_SCHEMAS('n')}
     ORDER BY n.nspname, c.relname`,
  );
  return rolledUp(rows);
}

/** A partitioned table has nothing itself: it is what its partitions are together. */
function rolledUp(rows: readonly TableRow[]): TableRow[] {
  const children = groupBy(rows, ({ parent }) => parent);
  const sum = (row: TableRow): TableRow => {
    if ((row.kind satisfies TableKind) !== 'partitioned') return row;
    const parts = (children.get(`${row.schema}.${row.name}`) ?? []).map(sum);
    const total = (of: (part: TableRow) => number): number => parts.reduce((all, part) => all + of(part), 0);
    const counted = parts.some(({ rows }) => rows !== null);
    return {
      ...row,
      rows: row.rows ?? (counted ? total(({ rows }) => rows ?? 0) : null),
      pages: total(({ pages }) => pages),
      allVisiblePages: total(({ allVisiblePages }) => allVisiblePages),
      totalBytes: total(({ totalBytes }) => totalBytes),
    };
  };
  return rows.map(sum);
}

type KeyRow = ForeignKey & { tableOid: number };

const FOREIGN_KEY: Columns<KeyRow> = {
  tableOid: number('k.conrelid::int8'),
  name: 'k.conname',
  columns: names('k.conrelid', 'k.conkey'),
  referencedTable: `format('%s.%s', rn.nspname, r.relname)`,
  referencedColumns: names('k.confrelid', 'k.confkey'),
  onDelete: `CASE k.confdeltype WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set-null'
    WHEN 'd' THEN 'set-default' ELSE 'no-action' END`,
};

function names(relation: string, numbers: string): string {
  return `(SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(${numbers}) WITH ORDINALITY u(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = u.number)`;
}

/** By the oid of the table that refers. Those that only stand for a partition of what is referred to are left out. */
export async function readForeignKeys(
  query: CatalogQuery,
  server: ServerFacts,
): Promise<Map<number, ForeignKey[]>> {
  const rows = await query<KeyRow>(
    `SELECT ${selectList(FOREIGN_KEY, majorOf(server))}
     FROM pg_catalog.pg_constraint k
     JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
     JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     LEFT JOIN pg_catalog.pg_constraint up ON up.oid = k.conparentid
     WHERE k.contype = 'f' AND up.conrelid IS DISTINCT FROM k.conrelid AND ${USER_SCHEMAS('n')}
     ORDER BY k.conrelid, k.conname`,
  );
  return groupByTable(rows);
}

/** Drops the oid that rows were grouped by. */
export function groupByTable<Row extends { tableOid: number }>(
  rows: readonly Row[],
): Map<number, Omit<Row, 'tableOid'>[]> {
  const groups = new Map<number, Omit<Row, 'tableOid'>[]>();
  for (const { tableOid, ...row } of rows) {
    const group = groups.get(tableOid);
    if (group) group.push(row);
    else groups.set(tableOid, [row]);
  }
  return groups;
}
