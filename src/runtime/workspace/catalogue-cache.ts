import { statSync } from 'node:fs';
import { join } from 'node:path';
import { systemFiles } from '../../platform/files.ts';
import { packageRoot } from '../../platform/worker-entry.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';
import type { CatalogueTool } from '../../workspace/context/facts.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
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
  if (cached === null || cached.stamp !== stampOf()) return currentCatalogue(catalog, root);
  const isBuiltIn = (name: string): boolean => BUILTIN_TOOLS.some((tool) => tool.name === name);
  const own = { ...catalog, tools: catalog.tools.filter(({ name }) => !isBuiltIn(name)) };
  return [...cached.tools, ...(await catalogueOf(own, root))];
}

/** The catalogue from the definitions themselves, kept for the runs that follow. */
export async function currentCatalogue(catalog: Catalog, root: string): Promise<CatalogueTool[]> {
  const tools = await catalogueOf(catalog, root);
  const kept: Cached = { stamp: stampOf(), tools: tools.filter(({ own }) => own === null) };
  await systemFiles.writeText(cachePath(root), `${JSON.stringify(kept)}\n`).catch(() => undefined);
  return tools;
}

async function readCache(root: string): Promise<Cached | null> {
  try {
    const cached = JSON.parse(await systemFiles.readText(cachePath(root))) as Partial<Cached> | null;
    return typeof cached?.stamp === 'string' && Array.isArray(cached.tools) ? (cached as Cached) : null;
  } catch {
    return null;
  }
}

/** Of this installation. */
function stampOf(): string {
  const root = packageRoot(import.meta.url);
  return `${root} ${statSync(join(root, 'package.json')).mtimeMs}`;
}

function cachePath(root: string): string {
  return join(workspaceLayout(root).local, 'catalogue.json');
}
