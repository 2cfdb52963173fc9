import type { CatalogIndex, IndexKey, IndexMethod } from '../catalog.ts';
import { groupByTable } from './catalog-tables.ts';
import type { ServerFacts } from './server.ts';
import { type Columns, majorOf, number, selectList, USER_SCHEMAS } from './sql.ts';
import type { CatalogQuery } from './topic.ts';

const METHODS: ReadonlySet<string> = new Set<IndexMethod>(['btree', 'hash', 'gin', 'gist', 'spgist', 'brin']);

/** `attribute` is the server's name of the column of the index: statistics of expressions are kept under it. */
type KeyRow = IndexKey & { attribute: string };
export type IndexRow = Omit<CatalogIndex, 'oid' | 'keys' | 'method'> & {
  tableOid: number;
  oid: number;
  keys: readonly KeyRow[];
  method: IndexMethod;
};

/** Of key number `g.place` of index `i`. Options are those of pg_index.indoption: 1 is DESC, 2 NULLS FIRST. */
const KEY: Columns<KeyRow> = {
  attribute: 'ia.attname',
  column: 'ta.attname',
  expression: `CASE WHEN ta.attname IS NULL THEN pg_get_indexdef(i.indexrelid, g.place, true) END`,
  operatorClass: `CASE WHEN NOT oc.opcdefault THEN
    CASE WHEN ocn.nspname = 'pg_catalog' THEN oc.opcname ELSE format('%I.%I', ocn.nspname, oc.opcname) END END`,
  collation: `CASE WHEN i.indcollation[g.place - 1] NOT IN (0, coalesce(ta.attcollation, 100)) THEN
    (SELECT CASE WHEN cn.nspname = 'pg_catalog' THEN format('%I', cl.collname)
      ELSE format('%I.%I', cn.nspname, cl.collname) END
    FROM pg_catalog.pg_collation cl JOIN pg_catalog.pg_namespace cn ON cn.oid = cl.collnamespace
    WHERE cl.oid = i.indcollation[g.place - 1]) END`,
  direction: `CASE WHEN i.indoption[g.place - 1] & 1 = 1 THEN 'desc' ELSE 'asc' END`,
  nulls: `CASE WHEN i.indoption[g.place - 1] & 2 = 2 THEN 'first' ELSE 'last' END`,
};

const INDEX: Columns<IndexRow> = {
  tableOid: number('i.indrelid::int8'),
  oid: number('i.indexrelid::int8'),
  schema: 'n.nspname',
  table: 't.relname',
  name: 'c.relname',
  method: 'am.amname',
  keys: `(SELECT json_agg(k ORDER BY g.place) FROM generate_series(1, i.indnkeyatts) g(place)
    JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = g.place
    LEFT JOIN pg_catalog.pg_attribute ta ON ta.attrelid = i.indrelid AND ta.attnum = i.indkey[g.place - 1]
      AND ta.attnum <> 0
    JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[g.place - 1]
    JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace,
    LATERAL (SELECT ${selectList(KEY, 13)}) k)`,
  include: `(SELECT coalesce(json_agg(ta.attname ORDER BY g.place), '[]')
    FROM generate_series(i.indnkeyatts + 1, i.indnatts) g(place)
    JOIN pg_catalog.pg_attribute ta ON ta.attrelid = i.indrelid AND ta.attnum = i.indkey[g.place - 1])`,
  predicate: 'pg_get_expr(i.indpred, i.indrelid, true)',
  unique: 'i.indisunique',
  statement: 'pg_get_indexdef(i.indexrelid)',
  primary: 'i.indisprimary',
  constraint: 'con.conname',
  replicaIdentity: 'i.indisreplident',
  valid: 'i.indisvalid',
  parent: `(SELECT p.relname FROM pg_catalog.pg_inherits h
    JOIN pg_catalog.pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = i.indexrelid)`,
  bytes: number(`CASE c.relkind WHEN 'I' THEN 0 ELSE pg_relation_size(i.indexrelid) END`),
  pages: number('greatest(c.relpages, 0)'),
  entries: number('CASE WHEN c.reltuples < 0 OR c.relpages = 0 THEN NULL ELSE c.reltuples END'),
};

/** By the oid of the table. */
export async function readCatalogIndexes(
  query: CatalogQuery,
  server: ServerFacts,
): Promise<Map<number, Omit<IndexRow, 'tableOid'>[]>> {
  const rows = await query<IndexRow>(
    `WITH con AS (SELECT DISTINCT ON (conindid) conindid, conname FROM pg_catalog.pg_constraint
       WHERE conindid <> 0 AND contype IN ('p', 'u', 'x') ORDER BY conindid, conname)
     SELECT ${selectList(INDEX, majorOf(server))}
     FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     JOIN pg_catalog.pg_class t ON t.oid = i.indrelid AND t.relpersistence <> 't'
     JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
     JOIN pg_catalog.pg_am am ON am.oid = c.relam
     LEFT JOIN con ON con.conindid = i.indexrelid
     WHERE ${USER_SCHEMAS('n')}
     ORDER BY i.indrelid, c.relname`,
  );
  return groupByTable(
    rows.map((row) => ({ ...row, method: METHODS.has(row.method) ? row.method : 'other' })),
  );
}
