import { RearguardError, reasonOf } from '../../../core/errors.ts';
import type {
  Catalog,
  CatalogColumn,
  CatalogIndex,
  CatalogTable,
  IndexDefinition,
} from '../../_shared/database/catalog.ts';
import { createIndexSql } from '../../_shared/database/index-statement.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { WhatIf } from '../what-if/types.ts';
import { identityOf } from './definition.ts';

/** What we need of the driver's client. */
export interface TestClient {
  query<Row extends object>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * For tests: answers with indexes that are really built, once each, and shown to the planner or hidden by
 * pg_index.indisvalid. Nothing is estimated, so what the search makes of the answers is all that is tested.
 */
export function builtIndexes(client: TestClient): WhatIf & { plansAsked(): number } {
  const built = new Map<string, { name: string; bytes: number }>();
  let visible = new Set<string>();
  let hidden = new Set<string>();
  let asked = 0;

  async function build(index: IndexDefinition): Promise<{ name: string; bytes: number }> {
    const id = identityOf(index);
    const known = built.get(id);
    if (known !== undefined) return known;
    const name = `what_if_${built.size}`;
    await client.query(createIndexSql(index, { name }));
    const path = `${index.schema}.${name}`;
    const { rows } = await client.query<{ bytes: string }>('SELECT pg_relation_size($1::regclass) AS bytes', [
      path,
    ]);
    const one = { name: path, bytes: Number(rows[0]?.bytes) };
    built.set(id, one);
    await show([path], false);
    return one;
  }

  async function show(names: readonly string[], valid: boolean): Promise<void> {
    if (names.length === 0) return;
    await client.query(
      'UPDATE pg_index SET indisvalid = $2 WHERE indexrelid = ANY ($1::text[]::regclass[])',
      [names, valid],
    );
  }

  return {
    kind: 'clone',
    label: 'indexes that are really built',
    limits: [],
    supports: () => true,
    plansAsked: () => asked,
    async plan(sql, { add, hide }, { generic = false } = {}) {
      asked += 1;
      const wanted = new Set<string>();
      for (const index of add) wanted.add((await build(index)).name);
      await show(
        [...visible].filter((name) => !wanted.has(name)),
        false,
      );
      await show(
        [...wanted].filter((name) => !visible.has(name)),
        true,
      );
      visible = wanted;
      const gone = new Set(hide);
      await show(
        [...hidden].filter((name) => !gone.has(name)),
        true,
      );
      await show(
        [...gone].filter((name) => !hidden.has(name)),
        false,
      );
      hidden = gone;
      try {
        const options = generic ? 'FORMAT JSON, GENERIC_PLAN' : 'FORMAT JSON';
        const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (${options}) ${sql}`);
        const plan = parsePlan(rows[0]?.['QUERY PLAN']);
        if (plan === null) throw new Error('no plan');
        return plan;
      } catch (error) {
        throw new RearguardError('E_SQL_REFUSED', { reason: reasonOf(error) }, { cause: error });
      }
    },
    sizeOf: async (index) => (await build(index)).bytes,
    async close() {
      await show([...hidden], true);
      for (const { name } of built.values()) await client.query(`DROP INDEX ${name}`);
      built.clear();
    },
  };
}

/** The catalogue of one schema, statistics included. */
export async function readTestCatalog(client: TestClient, schema = 'public'): Promise<Catalog> {
  const { rows: tables } = await client.query<TableRow>(TABLES, [schema]);
  const { rows: columns } = await client.query<ColumnRow>(COLUMNS, [schema]);
  const { rows: indexes } = await client.query<IndexRow>(INDEXES, [schema]);
  const { rows: foreignKeys } = await client.query<ForeignKeyRow>(FOREIGN_KEYS, [schema]);
  const { rows: extensions } = await client.query<{ name: string; version: string }>(
    'SELECT extname AS name, extversion AS version FROM pg_extension',
  );
  return {
    searchPath: [schema],
    extensions: new Map(extensions.map(({ name, version }) => [name, version])),
    tables: tables.map(({ name, oid, rows, pages, visible, bytes }): CatalogTable => ({
      schema,
      name,
      kind: 'table',
      oid,
      rows: rows < 0 ? null : rows,
      pages,
      allVisibleShare: pages === 0 ? 0 : visible / pages,
      totalBytes: Number(bytes),
      parent: null,
      columns: columns.filter(({ table }) => table === name).map(toColumn),
      indexes: indexes.filter(({ table }) => table === name).map((row) => toIndex(row, schema)),
      foreignKeys: foreignKeys
        .filter(({ table }) => table === name)
        .map(({ key, columns: own, referenced, referenced_columns }) => ({
          name: key,
          columns: own,
          referencedTable: referenced,
          referencedColumns: referenced_columns,
          onDelete: 'no-action' as const,
        })),
    })),
  };
}

interface TableRow {
  name: string;
  oid: number;
  rows: number;
  pages: number;
  visible: number;
  bytes: string;
}

const TABLES = `
  SELECT relname AS name, oid, reltuples AS rows, relpages AS pages, relallvisible AS visible,
    pg_total_relation_size(oid) AS bytes
  FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace ORDER BY relname`;

interface ColumnRow {
  table: string;
  name: string;
  number: number;
  type: string;
  not_null: boolean;
  null_frac: number | null;
  avg_width: number;
  n_distinct: number;
  common: string[] | null;
  shares: number[] | null;
  histogram: string[] | null;
  correlation: number | null;
}

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, a.attnum AS number, format_type(a.atttypid, a.atttypmod) AS type,
    a.attnotnull AS not_null, s.null_frac, s.avg_width, s.n_distinct, s.most_common_vals::text::text[] AS common,
    s.most_common_freqs AS shares, s.histogram_bounds::text::text[] AS histogram, s.correlation
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_stats s ON s.schemaname = $1 AND s.tablename = c.relname AND s.attname = a.attname
  WHERE c.relkind = 'r' AND c.relnamespace = $1::regnamespace ORDER BY c.relname, a.attnum`;

function toColumn(row: ColumnRow): CatalogColumn {
  return {
    name: row.name,
    number: row.number,
    type: row.type,
    notNull: row.not_null,
    statistics:
      row.null_frac === null
        ? null
        : {
            nullShare: row.null_frac,
            averageWidth: row.avg_width,
            distinct: row.n_distinct,
            mostCommonValues: row.common ?? [],
            mostCommonShares: row.shares ?? [],
            histogram: row.histogram ?? [],
            correlation: row.correlation,
          },
  };
}

interface IndexRow {
  table: string;
  name: string;
  oid: number;
  method: CatalogIndex['method'];
  statement: string;
  unique: boolean;
  primary: boolean;
  replica: boolean;
  constraint: string | null;
  predicate: string | null;
  bytes: string;
  pages: number;
  keys: {
    column: string | null;
    expression: string;
    collation: string | null;
    class: string | null;
    options: number;
  }[];
  include: string[] | null;
}

const INDEXES = `
  SELECT c.relname AS table, i.relname AS name, i.oid, m.amname AS method, pg_get_indexdef(i.oid) AS statement,
    x.indisunique AS unique, x.indisprimary AS primary, x.indisreplident AS replica, k.conname AS constraint,
    pg_get_expr(x.indpred, x.indrelid) AS predicate, pg_relation_size(i.oid) AS bytes, i.relpages AS pages,
    (SELECT json_agg(json_build_object(
        'column', a.attname, 'expression', pg_get_indexdef(i.oid, n, true), 'options', x.indoption[n - 1],
        'class', CASE WHEN o.opcdefault THEN NULL ELSE o.opcname END,
        'collation', CASE WHEN x.indcollation[n - 1] IN (0, a.attcollation) THEN NULL ELSE l.collname END) ORDER BY n)
      FROM generate_series(1, x.indnkeyatts) n
      JOIN pg_opclass o ON o.oid = x.indclass[n - 1]
      LEFT JOIN pg_collation l ON l.oid = x.indcollation[n - 1]
      LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[n - 1] AND a.attnum > 0) AS keys,
    (SELECT array_agg(a.attname::text ORDER BY n) FROM generate_series(x.indnkeyatts + 1, x.indnatts) n
      JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[n - 1]) AS include
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_am m ON m.oid = i.relam LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid
    AND k.contype IN ('p', 'u', 'x')
  WHERE c.relnamespace = $1::regnamespace ORDER BY i.relname`;

function toIndex(row: IndexRow, schema: string): CatalogIndex {
  return {
    schema,
    table: row.table,
    name: row.name,
    oid: row.oid,
    method: row.method,
    statement: row.statement,
    unique: row.unique,
    primary: row.primary,
    replicaIdentity: row.replica,
    constraint: row.constraint,
    predicate: row.predicate,
    valid: true,
    parent: null,
    bytes: Number(row.bytes),
    pages: row.pages,
    entries: null,
    include: row.include ?? [],
    keys: row.keys.map((key) => ({
      column: key.column,
      expression: key.column === null ? key.expression : null,
      operatorClass: key.class,
      collation: key.collation,
      // Bits of indoption: 1 is DESC, 2 is NULLS FIRST.
      direction: (key.options & 1) === 1 ? 'desc' : 'asc',
      nulls: (key.options & 2) === 2 ? 'first' : 'last',
    })),
  };
}

interface ForeignKeyRow {
  table: string;
  key: string;
  columns: string[];
  referenced: string;
  referenced_columns: string[];
}

const FOREIGN_KEYS = `
  SELECT c.relname AS table, k.conname AS key, $1 || '.' || r.relname AS referenced,
    (SELECT array_agg(attname::text ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY u(num, n)
      JOIN pg_attribute ON attrelid = k.conrelid AND attnum = num) AS columns,
    (SELECT array_agg(attname::text ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY u(num, n)
      JOIN pg_attribute ON attrelid = k.confrelid AND attnum = num) AS referenced_columns
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
  WHERE k.contype = 'f' AND k.connamespace = $1::text::regnamespace ORDER BY k.conname`;
