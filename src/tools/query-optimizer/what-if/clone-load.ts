import type { Sandbox, SandboxDatabase, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { CopyLimits, CopyResult } from '../../../platform/sql/copy.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { buildExtensions, buildSchema } from './build-schema.ts';
import { localesFor } from './locales.ts';
import { adoptSettings, type PlannerSetting, readPlannerSettings } from './planner-settings.ts';
import { planSamples, type TableSample } from './sampling.ts';
import { readSchemaDdl, type SchemaDdl } from './schema-ddl.ts';

export interface CloneSource {
  ddl: SchemaDdl;
  settings: readonly PlannerSetting[];
  samples: readonly TableSample[];
}

export async function readCloneSource(
  session: SqlSession,
  catalog: Catalog,
  { tables, maxBytes }: { tables: readonly string[]; maxBytes: number },
): Promise<CloneSource> {
  const ddl = await readSchemaDdl(session);
  return {
    ddl,
    settings: await readPlannerSettings(session),
    samples: planSamples(catalog, tables, maxBytes, ddl.generated),
  };
}

/**
 * Schema, rows, indexes and statistics, in the order in which that is fastest. What could not be built is returned as
 * limits.
 */
export async function loadClone(
  sandbox: Sandbox,
  url: string,
  { ddl, settings, samples }: CloneSource,
  options: { limits: CopyLimits; searchPath: readonly string[]; signal: AbortSignal },
): Promise<{ database: SandboxDatabase; root: SandboxSession; copied: CopyResult[]; limits: string[] }> {
  const database = await sandbox.createDatabase('clone', localesFor(ddl.locale));
  const root = await database.connect('superuser');
  await root.execute('SET search_path = pg_catalog; SET jit = off');
  const limits = [...ddl.limits, ...(await buildExtensions(database, ddl.extensions))];
  const builder = await database.connect('owner');
  try {
    await builder.execute("SET check_function_bodies = off; SET maintenance_work_mem = '128MB'");
    limits.push(...(await buildSchema(builder, ddl.statements)));
    const copied = await builder.copyFrom(url, samples, options.limits, options.signal);
    limits.push(...(await buildSchema(builder, [...ddl.indexStatements, ...ddl.views])));
    // Rows they refer to may not have been copied; the planner uses them all the same.
    limits.push(...(await buildSchema(builder, ddl.foreignKeys.map(notValid))));
    await adoptSettings(root, settings, options.searchPath);
    await builder.execute('VACUUM (ANALYZE)');
    return { database, root, copied, limits };
  } finally {
    await builder.close();
  }
}

function notValid({ what, sql }: SchemaDdl['foreignKeys'][number]): { what: string; sql: string } {
  return { what, sql: sql.endsWith('NOT VALID') ? sql : `${sql} NOT VALID` };
}
