import path from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { createCatalog } from '../../runtime/catalog.ts';
import type { ToolDefinition } from '../../tools/define.ts';
import { loadBuiltinTools } from '../../tools/registry.ts';
import type { GlobalOptions, ScannedArguments } from './global-options.ts';
import { presentationOf } from './presentation.ts';
import type { CliIo } from './spec.ts';
import { createMessages } from './stderr.ts';

/**
 * The user's own tools, those of the config and those in the workspace; none where there is no config. Throws E_PLUGIN_INVALID where the
 * first word names one that cannot be used.
 */
export async function loadPluginTools(scanned: ScannedArguments, io: CliIo): Promise<ToolDefinition[]> {
  const cwd = path.resolve(io.cwd, scanned.cwd ?? '.');
  const config = await loadConfig({ cwd, path: scanned.config, env: io.env, required: false });
  const messages = createMessages(io.stderr, presentationOf(scanned, io));
  const { tools, broken } = await createCatalog(config, messages.progress).finally(() => messages.clear());
  const own = tools.filter((tool) => tool.origin !== 'built-in');
  const isKnown = own.some(({ name, alias }) => name === scanned.word || alias === scanned.word);
  const unusable = broken.find(({ name }) => name === scanned.word);
  if (unusable && !isKnown) throw unusable.error;
  return Promise.all(own.map((tool) => tool.load()));
}

/** The built-in tools and those of the user's own that work, for what is made of all definitions; a config that is wrong is told of elsewhere. */
export async function loadEveryTool(globals: GlobalOptions, io: CliIo): Promise<ToolDefinition[]> {
  const { cwd, config } = globals;
  const scanned = { ...(cwd === undefined ? {} : { cwd }), ...(config === undefined ? {} : { config }) };
  const own = await loadPluginTools(scanned, io).catch(() => []);
  return [...(await loadBuiltinTools()), ...own];
}
