import type { Sandbox, SandboxDatabase, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import { adoptSettings } from './planner-settings.ts';
import { type GhostFile, type GhostFiles, filesSql, ghostFiles } from './ghost-files.ts';
import { heightIsSeen } from './height-test.ts';
import { buildExtensions, buildSchema } from './build-schema.ts';
import type { RelationSize, SourceStatistics } from './read-statistics.ts';
import { restoreColumns, restoreSizes } from './restore-statistics.ts';
import type { SchemaDdl } from './schema-ddl.ts';

/**
 * A database with the schema, the statistics and the file sizes of another one, and no rows. Whatever cannot be had is
 * returned as a limit.
 */
export async function buildGhost(
  sandbox: Sandbox,
  database: SandboxDatabase,
  root: SandboxSession,
  source: { ddl: SchemaDdl; statistics: SourceStatistics; searchPath: readonly string[] },
): Promise<{ limits: string[]; files: GhostFiles }> {
  const { ddl, statistics, searchPath } = source;
  const limits = await buildExtensions(database, ddl.extensions);
  const builder = await database.connect('owner');
  try {
    await builder.execute('SET check_function_bodies = off');
    const all = [...ddl.statements, ...ddl.indexStatements, ...ddl.foreignKeys, ...ddl.views];
    limits.push(...(await buildSchema(builder, all)));
    const showsHeight = await heightIsSeen(sandbox, builder, root);
    if (!showsHeight) limits.push('The height of B-trees is not planned with.');
    limits.push(...(await restoreColumns(root, statistics.columns)));
    await restoreSizes(root, statistics.sizes);
    const files = ghostFiles(sandbox, root, showsHeight);
    await sizeFiles(root, statistics.sizes, files);
    await adoptSettings(root, statistics.settings, searchPath);
    return { limits, files };
  } finally {
    await builder.close();
  }
}

async function sizeFiles(
  root: SandboxSession,
  sizes: readonly RelationSize[],
  ghost: GhostFiles,
): Promise<void> {
  const pages = new Map(sizes.map((size) => [`${size.schema}.${size.name}`, size.pages]));
  const files = await root.query<GhostFile>(OWN_FILES_SQL);
  await ghost.size(files.map((file) => ({ file, pages: pages.get(`${file.schema}.${file.name}`) ?? 0 })));
}

const OWN_FILES_SQL = filesSql(
  `c.relkind IN ('r', 'm', 'i') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
);
