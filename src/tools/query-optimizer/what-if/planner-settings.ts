import type { SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { quoteIdentifier, quoteLiteral } from '../../_shared/database/index-statement.ts';

export interface PlannerSetting extends Record<string, unknown> {
  name: string;
  /** In the unit of the setting. */
  setting: string;
}

/** What plans depend on and is not as PostgreSQL ships it. */
const SETTINGS_SQL = `
  SELECT name, setting FROM pg_catalog.pg_settings
  WHERE setting IS DISTINCT FROM boot_val
    AND (category LIKE 'Query Tuning%'
         OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers_per_gather', 'max_parallel_workers'))`;

export function readPlannerSettings(session: SqlSession): Promise<PlannerSetting[]> {
  // Not as a statement over the catalogue: that would bring settings of its own.
  return session.query<PlannerSetting>(SETTINGS_SQL);
}

/** Gives a sandbox's database the settings, and where names are looked up; for sessions that begin after it. */
export async function adoptSettings(
  root: SandboxSession,
  settings: readonly PlannerSetting[],
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
