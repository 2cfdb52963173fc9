import type { Sandbox } from '../../../platform/postgres/sandbox-types.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import { explain, genericExplainer } from './explain.ts';
import { buildGhost } from './ghost-build.ts';
import { ghostIndexes } from './ghost-indexes.ts';
import { localeLimits, localesFor } from './locales.ts';
import type { WhatIfContext } from './open.ts';
import { readSourceStatistics } from './read-statistics.ts';
import { readSchemaDdl } from './schema-ddl.ts';
import { serialised } from './serialised.ts';
import type { WhatIf } from './types.ts';

/** Planning a query takes a millisecond; one that takes this long would never end. */
const PLANNER_SETTINGS = `
  SET statement_timeout = '10s'; SET jit = off; SET plan_cache_mode = force_generic_plan`;
const PAGE_BYTES = 8_192;

/**
 * A clone of a database that has its schema, its statistics and the sizes of its files, and no rows: PostgreSQL's planner
 * cannot tell it from the original. Only reads on the user's server, no extension, and queries are never run.
 *
 * @param major of the PostgreSQL that plans; another one than the source's is a limit
 */
export async function openGhost(
  { sandboxes, signal }: Pick<WhatIfContext, 'sandboxes' | 'signal'>,
  session: SqlSession,
  catalog: Catalog,
  major: number,
): Promise<WhatIf> {
  const starting = sandboxes.start({ major, settings: { shared_buffers: '32MB' }, signal });
  const reading = readSource(session);
  // A server that was started must be closed, whatever the other of the two does.
  await Promise.allSettled([starting, reading]);
  const sandbox = await starting;
  try {
    return await ghostIn(sandbox, await reading, session, catalog);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function readSource(session: SqlSession) {
  const ddl = await readSchemaDdl(session);
  return { ddl, statistics: await readSourceStatistics(session) };
}

async function ghostIn(
  sandbox: Sandbox,
  source: Awaited<ReturnType<typeof readSource>>,
  session: SqlSession,
  catalog: Catalog,
): Promise<WhatIf> {
  const { ddl, statistics } = source;
  const database = await sandbox.createDatabase('ghost', localesFor(ddl.locale));
  const root = await database.connect('superuser');
  await root.execute('SET search_path = pg_catalog; SET jit = off');
  const { limits, files } = await buildGhost(sandbox, database, root, {
    ddl,
    statistics,
    searchPath: catalog.searchPath,
  });
  const owner = await database.connect('owner');
  const planner = await database.connect('owner');
  await planner.execute(PLANNER_SETTINGS);
  const indexes = ghostIndexes({ sandbox, owner, root, planner, files }, catalog, statistics.sizes);
  const planGeneric = genericExplainer(planner);
  const inOrder = serialised();
  let stale = false;
  return {
    kind: 'ghost',
    label: `a statistics-only clone in PostgreSQL ${sandbox.serverVersion}`,
    limits: [
      ...ddl.limits,
      ...statistics.limits,
      ...limits,
      ...versionLimits(session.serverVersion, sandbox),
      ...localeLimits(ddl.locale, database),
    ],
    supports: ({ method }) => method !== 'fulltext' && method !== 'other',
    plan: (sql, configuration, { generic = false } = {}) =>
      inOrder(async () => {
        if (await indexes.show(configuration)) stale = true;
        if (!generic) return explain(planner, sql);
        // A prepared statement is planned again when a table changes, but not when one of its indexes does.
        if (stale) await planner.execute('DISCARD PLANS');
        stale = false;
        return planGeneric(sql);
      }),
    sizeOf: (index: IndexDefinition) => inOrder(async () => (await indexes.pagesOf(index)) * PAGE_BYTES),
    async close() {
      await Promise.all([root, owner, planner].map((one) => one.close()));
      await sandbox.close();
    },
  };
}

function versionLimits(sourceVersion: string, { major, serverVersion }: Sandbox): string[] {
  if (Number.parseInt(sourceVersion, 10) === major) return [];
  return [`PostgreSQL ${serverVersion} plans in place of ${sourceVersion}: some plans may differ.`];
}
