import { installationStamp } from '../../platform/installation.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';
import type { CatalogueTool } from '../../workspace/context/facts.ts';
import { keepLocalCache, readLocalCache } from '../../workspace/local-cache.ts';
import type { Catalog } from '../catalog.ts';
import { catalogueOf } from './catalogue.ts';

interface Cached {
  stamp: string;
  tools: CatalogueTool[];
}

/**
 * The catalogue, with the built-in tools as they were when last read: to load all of them after each run of one would be felt.
 * What an installation has of them changes with the installation only.
 */
export async function recentCatalogue(catalog: Catalog, root: string): Promise<CatalogueTool[]> {
  const cached = await readCache(root);
  if (cached === null || cached.stamp !== installationStamp()) return currentCatalogue(catalog, root);
  const isBuiltIn = (name: string): boolean => BUILTIN_TOOLS.some((tool) => tool.name === name);
  const own = { ...catalog, tools: catalog.tools.filter(({ name }) => !isBuiltIn(name)) };
  return [...cached.tools, ...(await catalogueOf(own, root))];
}

/** The catalogue from the definitions themselves, kept for the runs that follow. */
export async function currentCatalogue(catalog: Catalog, root: string): Promise<CatalogueTool[]> {
  const tools = await catalogueOf(catalog, root);
  const kept: Cached = { stamp: installationStamp(), tools: tools.filter(({ own }) => own === null) };
  await keepLocalCache(root, 'catalogue', kept);
  return tools;
}

async function readCache(root: string): Promise<Cached | null> {
  const cached = (await readLocalCache(root, 'catalogue')) as Partial<Cached> | null;
  return typeof cached?.stamp === 'string' && Array.isArray(cached.tools) ? (cached as Cached) : null;
}
