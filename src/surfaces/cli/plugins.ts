import path from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { createCatalog } from '../../runtime/catalog.ts';
import type { ToolDefinition } from '../../tools/define.ts';
import type { ScannedArguments } from './global-options.ts';
import type { CliIo } from './spec.ts';

/**
 * The user's own tools, those of the config and those in the workspace; none where there is no config. Throws E_PLUGIN_INVALID where the
 * first word names one that cannot be used.
 */
export async function loadPluginTools(scanned: ScannedArguments, io: CliIo): Promise<ToolDefinition[]> {
  const cwd = path.resolve(io.cwd, scanned.cwd ?? '.');
  const config = await loadConfig({ cwd, path: scanned.config, env: io.env, required: false });
  const { tools, broken } = await createCatalog(config);
  const own = tools.filter((tool) => tool.origin !== 'built-in');
  const isKnown = own.some(({ name, alias }) => name === scanned.word || alias === scanned.word);
  const unusable = broken.find(({ name }) => name === scanned.word);
  if (unusable && !isKnown) throw unusable.error;
  return Promise.all(own.map((tool) => tool.load()));
}
