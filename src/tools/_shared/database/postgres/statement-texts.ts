import type { CatalogQuery } from './topic.ts';

/** Some programs write megabytes; what is cut here could not be shown, and hardly be parsed. */
const MAX_TEXT_LENGTH = 100_000;

/** Texts by key, of all entries with one of the query ids. Makes the server read the file of all texts. */
export async function readTexts(
  query: CatalogQuery,
  source: string,
  queryIds: readonly string[],
): Promise<Map<string, string>> {
  const topLevel = `coalesce((to_jsonb(s) ->> 'toplevel')::bool, true)`;
  const rows = await query<{ key: string; text: string | null }>(
    `SELECT concat_ws('/', s.userid, s.dbid, s.queryid, CASE WHEN ${topLevel} THEN 't' ELSE 'f' END) AS key,
       left(s.query, ${MAX_TEXT_LENGTH}) AS text
     FROM ${source}(true) s WHERE s.queryid = ANY ($1::int8[])`,
    [queryIds],
  );
  return new Map(rows.flatMap(({ key, text }) => (text === null ? [] : [[key, text] as const])));
}

/** `user 10` and `database 5` by name; who was dropped has none. */
export async function readNames(query: CatalogQuery): Promise<Map<string, string>> {
  const rows = await query<{ id: string; name: string }>(
    `SELECT 'user ' || oid AS id, rolname AS name FROM pg_catalog.pg_roles
     UNION ALL SELECT 'database ' || oid, datname FROM pg_catalog.pg_database`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
