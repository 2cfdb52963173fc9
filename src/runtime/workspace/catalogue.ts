import { relative, sep } from 'node:path';
import type { ToolDefinition } from '../../tools/define.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';
import { launcherLine } from '../../workspace/init/launchers.ts';
import type { CatalogueTool } from '../../workspace/context/facts.ts';
import type { Catalog, CatalogEntry } from '../catalog.ts';

/** The catalogue as the workspace shows it, from the tools' definitions. One that cannot be loaded is told of by other commands. */
export async function catalogueOf(catalog: Catalog, root: string): Promise<CatalogueTool[]> {
  const loaded = await Promise.all(
    catalog.tools.map(async (entry) => {
      const tool = await entry.load().catch(() => null);
      return tool === null ? [] : [catalogueTool(entry, tool, root)];
    }),
  );
  return loaded.flat();
}

function catalogueTool({ origin }: CatalogEntry, tool: ToolDefinition, root: string): CatalogueTool {
  return {
    name: tool.name,
    alias: tool.alias,
    summary: tool.summary,
    whenToUse: tool.whenToUse,
    usage: usageOf(tool),
    maintenance: maintenanceOf(tool),
    own: BUILTIN_TOOLS.some(({ name }) => name === tool.name) ? null : originIn(root, origin),
  };
}

/** The first example of its first command, by its launcher. */
function usageOf(tool: ToolDefinition): string {
  const [first] = Object.entries(tool.commands);
  if (first === undefined) return launcherLine(tool.name);
  const [command, { examples }] = first;
  const words = (examples[0]?.line ?? '').split(' ');
  const isPlain = words[0] === 'rearguard' && (words[1] === tool.name || words[1] === tool.alias);
  return [launcherLine(tool.name), ...(isPlain ? words.slice(2) : [command])].join(' ');
}

/** Thresholds stand in the config, so upkeep means its section. */
function maintenanceOf({ name, alias, options, rules }: ToolDefinition): string {
  const settings = Object.keys((options as { shape?: Readonly<Record<string, unknown>> }).shape ?? {});
  const named = settings.slice(0, 4).map((setting) => `\`${setting}\``);
  const which = named.length === 0 ? '' : ` (${named.join(', ')}${settings.length > 4 ? ', …' : ''})`;
  const known = rules.length === 0 ? '' : `; its ${rules.length} rules: \`rearguard skills ${alias}\``;
  return `thresholds in \`tools.${name}\` of the config${which}${known}`;
}

/** Relative, for the file is committed and others have the repository elsewhere. */
function originIn(root: string, origin: string): string {
  const path = relative(root, origin).split(sep).join('/');
  if (path !== '' && !path.startsWith('..') && !/^(?:[a-z]:)?\//i.test(path)) return path;
  return origin.includes('plugins[') ? 'the config' : 'a package';
}
