import type { ServerFacts } from './server.ts';

/** The same SQL for every version, or by the major version that it holds from: `{ 13: 'NULL::float8', 14: '…' }`. */
export type VersionedSql = string | Readonly<Record<number, string>>;

/** One SQL expression for each field of the row that it becomes: the fields of our types are the names of the columns. */
export type Columns<Row> = { readonly [Field in keyof Row]: VersionedSql };

export function majorOf({ versionNumber }: Pick<ServerFacts, 'versionNumber'>): number {
  return Math.floor(versionNumber / 10_000);
}

export function sqlFor(sql: VersionedSql, major: number): string {
  if (typeof sql === 'string') return sql;
  const newest = Object.keys(sql)
    .map(Number)
    .filter((since) => since <= major)
    .sort((a, b) => b - a)[0];
  if (newest === undefined) throw new Error(`No SQL for PostgreSQL ${major}: ${Object.values(sql)[0]}`);
  return sql[newest] ?? '';
}

export function selectList<Row>(columns: Columns<Row>, major: number): string {
  return Object.entries<VersionedSql>(columns)
    .map(([field, sql]) => `${sqlFor(sql, major)} AS "${field}"`)
    .join(', ');
}

/** Counters leave as float8: the driver would hand a bigint over as text, and 2^53 of anything is enough. */
export function number(sql: string): string {
  return `(${sql})::float8`;
}

/** Since when something is missing in older servers. */
export function numberSince(major: number, sql: string): VersionedSql {
  return { 13: 'NULL::float8', [major]: number(sql) };
}

/** A timestamp as epoch milliseconds. */
export function epochMs(sql: string): string {
  return `(extract(epoch FROM ${sql}) * 1000)::float8`;
}

/** How long ago, by the server's clock; never negative. */
export function elapsedMs(sql: string): string {
  return atLeastZero(`extract(epoch FROM clock_timestamp() - ${sql}) * 1000`);
}

/** GREATEST ignores nulls, and here nothing must stay nothing. */
export function atLeastZero(sql: string): string {
  return `(SELECT CASE WHEN v < 0 THEN 0 ELSE v END FROM (SELECT (${sql})::float8) o(v))`;
}

/** Schemas whose tables are the user's. */
export const USER_SCHEMAS = (namespace: string): string =>
  `${namespace}.nspname NOT IN ('pg_catalog', 'information_schema') AND ${namespace}.nspname !~ '^pg_(toast|temp)'`;

/**
 * Tables that somebody has, or waits to have, for himself: asking for their size would queue behind him, and others
 * behind us. A common table expression `busy(oid)`.
 */
export const BUSY_TABLES = `busy AS MATERIALIZED (
  SELECT coalesce(i.indrelid, l.relation) AS oid
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
  WHERE l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))`;

/** A name as it stands in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
