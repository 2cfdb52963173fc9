import type { SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { IndexDefinition } from '../../_shared/database/catalog.ts';

/**
 * An index may need an extension that the source does not have yet; the sandbox gets it, so that the advice can be about
 * both. In pg_catalog, where every search path finds it.
 */
export async function addExtension(
  { keys }: IndexDefinition,
  root: Pick<SandboxSession, 'execute'>,
): Promise<void> {
  if (!keys.some(({ operatorClass }) => operatorClass?.includes('trgm_ops') === true)) return;
  await root.execute('CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA pg_catalog');
}
