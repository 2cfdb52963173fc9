/**
 * What is asked of the user's catalogue to build its schema again. All names come out qualified, because the session looks
 * for unqualified ones in pg_catalog only. Objects of extensions are left out: they come with the extension.
 */

const OWN_SCHEMAS = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'`;

function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;
}

export interface DatabaseRow extends Record<string, unknown> {
  locale: string;
  locale_provider: string;
}
/** @param hasProviders 15 and newer */
export function databaseSql(hasProviders: boolean): string {
  return `SELECT datcollate AS locale, ${hasProviders ? 'datlocprovider::text' : `'c'`} AS locale_provider
          FROM pg_database WHERE datname = current_database()`;
}

export interface ExtensionRow extends Record<string, unknown> {
  name: string;
  schema: string;
}
export const EXTENSIONS_SQL = `
  SELECT e.extname AS name, n.nspname AS schema FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
  WHERE e.extname NOT IN ('plpgsql') ORDER BY e.oid`;

export interface SchemaRow extends Record<string, unknown> {
  name: string;
}
export const SCHEMAS_SQL = `SELECT n.nspname AS name FROM pg_namespace AS n WHERE ${OWN_SCHEMAS} ORDER BY n.nspname`;

export interface TypeRow extends Record<string, unknown> {
  name: string;
  /** e enum, d domain, c composite, r range, m its multirange, b base. */
  kind: string;
  labels: string[] | null;
  base: string | null;
  checks: string[] | null;
  fields: string[] | null;
}
export const TYPES_SQL = `
  SELECT format('%I.%I', n.nspname, t.typname) AS name, t.typtype::text AS kind,
         (SELECT array_agg(l.enumlabel::text ORDER BY l.enumsortorder) FROM pg_enum AS l WHERE l.enumtypid = t.oid) AS labels,
         CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod)
                        WHEN 'r' THEN (SELECT format_type(r.rngsubtype, NULL) FROM pg_range AS r WHERE r.rngtypid = t.oid)
         END AS base,
         (SELECT array_agg(pg_get_constraintdef(k.oid)) FROM pg_constraint AS k
          WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
         (SELECT array_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
          FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS fields
  FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
       LEFT JOIN pg_class AS c ON c.oid = t.typrelid
  WHERE ${OWN_SCHEMAS} AND t.typtype IN ('e', 'd', 'c', 'r', 'b')
        AND (t.typrelid = 0 OR c.relkind = 'c') AND t.typcategory <> 'A'
        AND ${notOfExtension('pg_type', 't.oid')}
  ORDER BY t.oid`;

export interface FunctionRow extends Record<string, unknown> {
  name: string;
  definition: string | null;
}
export const FUNCTIONS_SQL = `
  SELECT format('%I.%I', n.nspname, p.proname) AS name,
         CASE WHEN l.lanname IN ('sql', 'plpgsql') AND p.prokind = 'f' THEN pg_get_functiondef(p.oid) END AS definition
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace JOIN pg_language AS l ON l.oid = p.prolang
  WHERE ${OWN_SCHEMAS} AND ${notOfExtension('pg_proc', 'p.oid')} AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  ORDER BY p.oid`;

export interface RelationRow extends Record<string, unknown> {
  oid: string;
  schema: string;
  name: string;
  /** r table, p partitioned, v view, m materialized view, f foreign table. */
  kind: string;
  partition_key: string | null;
  bound: string | null;
  /** Qualified names of what it inherits from, or is a partition of. */
  parents: string[] | null;
  row_security: boolean;
  parallel_workers: string | null;
  view: string | null;
}
export const RELATIONS_SQL = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
         pg_get_expr(c.relpartbound, c.oid) AS bound,
         (SELECT array_agg(format('%I.%I', pn.nspname, pc.relname) ORDER BY i.inhseqno)
          FROM pg_inherits AS i JOIN pg_class AS pc ON pc.oid = i.inhparent JOIN pg_namespace AS pn ON pn.oid = pc.relnamespace
          WHERE i.inhrelid = c.oid) AS parents,
         c.relrowsecurity AS row_security,
         (SELECT o.option_value FROM pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'parallel_workers') AS parallel_workers,
         CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END AS view
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE ${OWN_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
        AND ${notOfExtension('pg_class', 'c.oid')}
  ORDER BY c.oid`;

export interface ColumnRow extends Record<string, unknown> {
  relation: string;
  name: string;
  type: string;
  not_null: boolean;
  collation: string | null;
  /** Empty, s stored, v virtual. */
  generated: string;
  expression: string | null;
}
export const COLUMNS_SQL = `
  SELECT a.attrelid::text AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         a.attnotnull AS not_null,
         CASE WHEN a.attcollation <> t.typcollation THEN format('%I.%I', cn.nspname, co.collname) END AS collation,
         a.attgenerated::text AS generated,
         CASE WHEN a.attgenerated <> '' THEN pg_get_expr(e.adbin, e.adrelid) END AS expression
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
       JOIN pg_type AS t ON t.oid = a.atttypid
       LEFT JOIN pg_collation AS co ON co.oid = a.attcollation LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
       LEFT JOIN pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
  WHERE ${OWN_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

export interface ConstraintRow extends Record<string, unknown> {
  relation: string;
  name: string;
  /** c check, p primary, u unique, x exclusion, f foreign key. */
  kind: string;
  definition: string;
}
export const CONSTRAINTS_SQL = `
  SELECT k.conrelid::text AS relation, k.conname AS name, k.contype::text AS kind, pg_get_constraintdef(k.oid) AS definition
  FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace
  WHERE ${OWN_SCHEMAS} AND k.conrelid <> 0 AND k.contype IN ('c', 'p', 'u', 'x', 'f')
        AND (k.contype NOT IN ('c', 'f') OR (k.conislocal AND k.conparentid = 0))
  ORDER BY k.oid`;

export interface IndexRow extends Record<string, unknown> {
  relation: string;
  schema: string;
  name: string;
  definition: string;
  /** It comes with a constraint. */
  is_constraint: boolean;
  /** Of an index on a partition: the qualified name of the one it belongs to. */
  parent: string | null;
}
export const INDEXES_SQL = `
  SELECT i.indrelid::text AS relation, n.nspname AS schema, c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition,
         EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS is_constraint,
         (SELECT format('%I.%I', pn.nspname, pc.relname)
          FROM pg_inherits AS h JOIN pg_class AS pc ON pc.oid = h.inhparent JOIN pg_namespace AS pn ON pn.oid = pc.relnamespace
          WHERE h.inhrelid = i.indexrelid) AS parent
  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
       JOIN pg_class AS t ON t.oid = i.indrelid
  WHERE ${OWN_SCHEMAS} AND i.indisvalid AND i.indislive AND t.relkind IN ('r', 'p', 'm')
  ORDER BY c.oid`;

export interface ExtendedStatisticsRow extends Record<string, unknown> {
  count: number;
}
export const EXTENDED_STATISTICS_SQL = `SELECT count(*)::int AS count FROM pg_statistic_ext`;
