import { RearguardError } from '../core/errors.ts';
import { didYouMean } from '../core/suggest.ts';
import type { ResolvedConfig } from '../config/types.ts';
import { findPlanned, notBuilt } from '../tools/planned.ts';
import { BUILTIN_TOOLS, type ToolEntry } from '../tools/registry.ts';
import type { Progress } from '../tools/context.ts';
import type { ToolDefinition } from '../tools/define.ts';
import { type BrokenTool, brokenTool, isBroken, loadOwnTools, type OwnTool } from './own-tools/load.ts';

export interface CatalogEntry extends ToolEntry {
  /** `built-in`, or where the plugin came from. */
  origin: string;
}

/** Every tool there is: the built-in ones, then those of the config, then those in the workspace. */
export interface Catalog {
  tools: readonly CatalogEntry[];
  /** Tools of the user's own that cannot be used, with the reason. */
  broken: readonly BrokenTool[];
  /**
   * By name or alias; throws E_PLUGIN_INVALID for a tool that cannot be used, E_TOOL_NOT_BUILT for one that is yet to come, E_USAGE with the
   * nearest name else.
   */
  find(name: string): CatalogEntry;
}

/** Throws E_CONFIG_INVALID for a section of no tool; a tool that cannot be used is part of the result. */
export async function createCatalog(config: ResolvedConfig, progress?: Progress): Promise<Catalog> {
  const tools: CatalogEntry[] = BUILTIN_TOOLS.map((entry) => ({ ...entry, origin: 'built-in' }));
  const broken: BrokenTool[] = [];
  for (const own of await loadOwnTools(config, progress)) {
    if (isBroken(own)) {
      broken.push(own);
      continue;
    }
    const reason = takenReason(own.tool, tools);
    if (reason === undefined) tools.push(entryOf(own));
    else broken.push(brokenTool(own, reason));
  }
  assertSections(config, tools, broken);
  const names = tools.flatMap((tool) => [tool.name, tool.alias]);
  return {
    tools,
    broken,
    find(name) {
      const entry = tools.find((tool) => tool.name === name || tool.alias === name);
      if (entry) return entry;
      const unusable = broken.find((tool) => tool.name === name);
      if (unusable) throw unusable.error;
      const planned = findPlanned(name);
      if (planned) throw notBuilt(planned);
      throw new RearguardError('E_USAGE', {
        message: `There is no tool ${JSON.stringify(name)}.${didYouMean(name, names)}`,
        hint: '`rearguard tools` lists them.',
      });
    },
  };
}

function takenReason(tool: ToolDefinition, tools: readonly CatalogEntry[]): string | undefined {
  const twin = tools.find((known) =>
    [known.name, known.alias].some((name) => name === tool.name || name === tool.alias),
  );
  if (twin) return `its name or alias is taken by ${twin.name} (${twin.origin})`;
  const planned = findPlanned(tool.name) ?? findPlanned(tool.alias);
  if (planned === undefined) return undefined;
  return `its name or alias is kept for ${planned.name}, a tool of Rearguard's own that is yet to come`;
}

function entryOf({ tool, origin }: OwnTool): CatalogEntry {
  return {
    name: tool.name,
    alias: tool.alias,
    summary: tool.summary,
    commands: Object.entries(tool.commands).map(([name, { summary, effect }]) => ({ name, summary, effect })),
    load: () => Promise.resolve(tool),
    origin,
  };
}

function assertSections(
  config: ResolvedConfig,
  tools: readonly CatalogEntry[],
  broken: readonly BrokenTool[],
): void {
  // A tool that did not load has not said its name, and any section may be its own.
  if (broken.some(({ isNamed }) => !isNamed)) return;
  const names = [...tools, ...broken].map(({ name }) => name);
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
