import { RearguardError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { ResolvedConfig } from '../config/types.ts';
import { findPlanned, notBuilt } from '../tools/planned.ts';
import { BUILTIN_TOOLS, type ToolEntry } from '../tools/registry.ts';
import { loadPlugins } from './plugins.ts';

export interface CatalogEntry extends ToolEntry {
  /** `built-in`, or where the plugin came from. */
  origin: string;
}

/** Every tool there is: the built-in ones, then those of the config. */
export interface Catalog {
  tools: readonly CatalogEntry[];
  /** By name or alias; throws E_TOOL_NOT_BUILT for a tool that is yet to come, E_USAGE with the nearest name else. */
  find(name: string): CatalogEntry;
}

/** Throws E_PLUGIN_INVALID for a plugin that cannot be used, E_CONFIG_INVALID for a section of no tool. */
export async function createCatalog(config: ResolvedConfig): Promise<Catalog> {
  const tools: CatalogEntry[] = BUILTIN_TOOLS.map((entry) => ({ ...entry, origin: 'built-in' }));
  for (const { tool, origin } of await loadPlugins(config)) {
    const twin = tools.find((known) =>
      [known.name, known.alias].some((name) => name === tool.name || name === tool.alias),
    );
    if (twin) {
      const reason = `its name or alias is taken by ${twin.name} (${twin.origin})`;
      throw new RearguardError('E_PLUGIN_INVALID', { origin, reason });
    }
    const planned = findPlanned(tool.name) ?? findPlanned(tool.alias);
    if (planned) {
      const reason = `its name or alias is kept for ${planned.name}, a tool of Rearguard's own that is yet to come`;
      throw new RearguardError('E_PLUGIN_INVALID', { origin, reason });
    }
    tools.push({
      name: tool.name,
      alias: tool.alias,
      summary: tool.summary,
      commands: Object.entries(tool.commands).map(([name, { summary }]) => ({ name, summary })),
      load: () => Promise.resolve(tool),
      origin,
    });
  }
  assertSections(config, tools);
  const names = tools.flatMap((tool) => [tool.name, tool.alias]);
  return {
    tools,
    find(name) {
      const entry = tools.find((tool) => tool.name === name || tool.alias === name);
      if (entry) return entry;
      const planned = findPlanned(name);
      if (planned) throw notBuilt(planned);
      throw new RearguardError('E_USAGE', {
        message: `There is no tool ${JSON.stringify(name)}.${didYouMean(name, names)}`,
        hint: '`rearguard tools` lists them.',
      });
    },
  };
}

function assertSections(config: ResolvedConfig, tools: readonly CatalogEntry[]): void {
  const names = tools.map(({ name }) => name);
  const problems = Object.keys(config.tools)
    .filter((section) => !names.includes(section))
    .map((section) => {
      const byAlias = tools.find(({ alias }) => alias === section)?.name;
      const meant = byAlias === undefined ? didYouMean(section, names) : ` Did you mean \`${byAlias}\`?`;
      return `${config.positionOf(['tools', section])}tools.${section}: unknown tool.${meant}`;
    });
  if (problems.length > 0) {
    throw new RearguardError('E_CONFIG_INVALID', { path: config.path ?? '', problems: problems.join('; ') });
  }
}
