import path from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { createCatalog } from '../../runtime/catalog.ts';
import type { ToolDefinition } from '../../tools/define.ts';
import type { ScannedArguments } from './global-options.ts';
import type { CliIo } from './spec.ts';

/** The user's own tools, as the config lists them; none where there is no config. */
export async function loadPluginTools(scanned: ScannedArguments, io: CliIo): Promise<ToolDefinition[]> {
  const cwd = path.resolve(io.cwd, scanned.cwd ?? '.');
  const config = await loadConfig({ cwd, path: scanned.config, env: io.env, required: false });
  const { tools } = await createCatalog(config);
  return Promise.all(tools.filter((tool) => tool.origin !== 'built-in').map((tool) => tool.load()));
}
