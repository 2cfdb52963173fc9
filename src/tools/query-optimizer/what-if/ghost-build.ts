import type {
  Sandbox,
  SandboxDatabase,
  SandboxSession,
} from '../../../platform/postgres/sandbox-types.ts';
import { quoteIdentifier, quoteLiteral } from '../../_shared/database/index-statement.ts';
import { btreeHeight, btreeSkeleton, isEmptyMetaPage } from './btree-skeleton.ts';
import { heightIsSeen } from './height-test.ts';
import { buildExtensions, buildSchema } from './build-schema.ts';
import type { RelationSize, SourceStatistics } from './read-statistics.ts';
import { restoreColumns, restoreSizes } from './restore-statistics.ts';
import type { SchemaDdl } from './schema-ddl.ts';

/** A relation of the ghost and the file that stands for it. */
export interface GhostFile extends Record<string, unknown> {
  oid: string;
  schema: string;
  name: string;
  path: string | null;
  /** Access method of an index; null: a table. */
  method: string | null;
  /** Of an index: average bytes of its key, as far as statistics tell. */
  key_bytes: number;
}

/** @param condition about `c`, the row of pg_class, with $1 */
export function filesSql(condition: string): string {
  return `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, pg_relation_filepath(c.oid) AS path,
         CASE WHEN c.relkind = 'i' THEN am.amname END AS method,
         coalesce((SELECT sum(coalesce(s.stawidth, nullif(a.attlen, -1), 16)) FROM pg_index AS i
                   CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
                   JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.position
                   LEFT JOIN pg_statistic AS s ON s.starelid = i.indrelid AND s.staattnum = k.attnum AND NOT s.stainherit
                   WHERE i.indexrelid = c.oid AND k.position <= i.indnkeyatts), 8)::int AS key_bytes
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_am AS am ON am.oid = c.relam
  WHERE c.relkind IN ('r', 'm', 'i') AND ${condition}`;
}
const OWN_FILES_SQL = filesSql(
  `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND $1::text IS NOT NULL`,
);

/**
 * A database with the schema, the statistics and the file sizes of another one, and no rows. Whatever cannot be had is
 * returned as a limit.
 */
export async function buildGhost(
  sandbox: Sandbox,
  database: SandboxDatabase,
  root: SandboxSession,
  source: { ddl: SchemaDdl; statistics: SourceStatistics; searchPath: readonly string[] },
): Promise<{ limits: string[]; showsHeight: boolean }> {
  const { ddl, statistics, searchPath } = source;
  const limits = await buildExtensions(database, ddl.extensions);
  const builder = await database.connect('owner');
  try {
    await builder.execute('SET check_function_bodies = off');
    limits.push(...(await buildSchema(builder, [...ddl.statements, ...ddl.indexStatements])));
    const showsHeight = await heightIsSeen(sandbox, builder, root);
    if (!showsHeight) limits.push('The height of B-trees is not planned with.');
    limits.push(...(await restoreColumns(root, statistics.columns)));
    await restoreSizes(root, statistics.sizes);
    await sizeFiles(sandbox, root, statistics.sizes, showsHeight);
    await adoptSettings(root, statistics, searchPath);
    return { limits, showsHeight };
  } finally {
    await builder.close();
  }
}

async function sizeFiles(
  sandbox: Sandbox,
  root: SandboxSession,
  sizes: readonly RelationSize[],
  showsHeight: boolean,
): Promise<void> {
  const pages = new Map(sizes.map((size) => [`${size.schema}.${size.name}`, size.pages]));
  const files = await root.query<GhostFile>(OWN_FILES_SQL, ['']);
  await Promise.all(
    files.map((file) => sizeFile(sandbox, file, pages.get(`${file.schema}.${file.name}`) ?? 0, showsHeight)),
  );
}

/** Must come before the server has read the file. An index keeps the pages it was made with. */
export async function sizeFile(
  sandbox: Sandbox,
  { path, method, key_bytes }: GhostFile,
  pages: number,
  showsHeight: boolean,
): Promise<void> {
  if (path === null) return;
  if (method === null) return sandbox.files.resize(path, pages);
  if (method !== 'btree' || pages < 2 || !showsHeight) {
    // GIN and BRIN are planned by their meta page, which the server has written.
    return pages > 1 ? sandbox.files.resize(path, pages) : undefined;
  }
  const meta = await sandbox.files.readPage(path, 0);
  if (isEmptyMetaPage(meta)) {
    const skeleton = btreeSkeleton(meta, btreeHeight(pages, key_bytes));
    await sandbox.files.writePages(path, 0, skeleton);
  }
  return sandbox.files.resize(path, pages);
}

/** Settings of the planner and where names are looked up, for sessions that begin after it. */
async function adoptSettings(
  root: SandboxSession,
  { settings }: SourceStatistics,
  searchPath: readonly string[],
): Promise<void> {
  const [row] = await root.query<{ name: string }>('SELECT current_database() AS name');
  const database = quoteIdentifier(row?.name ?? '');
  const set = (name: string, value: string): Promise<void> =>
    root.execute(`ALTER DATABASE ${database} SET ${quoteIdentifier(name)} = ${value}`);
  for (const { name, setting } of settings) {
    // A setting that this build does not have changes nothing that it plans.
    await set(name, quoteLiteral(setting)).catch(() => undefined);
  }
  if (searchPath.length > 0) await set('search_path', searchPath.map(quoteIdentifier).join(', '));
}
