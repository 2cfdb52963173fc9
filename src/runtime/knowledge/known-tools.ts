import { PLANNED_TOOLS } from '../../tools/planned.ts';
import type { KnownTools } from '../../workspace/knowledge/validate.ts';
import type { Catalog } from '../catalog.ts';

/** What entries may name. A tool that cannot be loaded keeps its name; of its rules nothing is said. */
export async function knownTools({ tools }: Catalog): Promise<KnownTools> {
  const known = {
    tools: new Set([...tools, ...PLANNED_TOOLS].flatMap(({ name, alias }) => [name, alias])),
    rules: new Set<string>(),
    rulesOf: new Set<string>(),
  };
  for (const entry of tools) {
    const tool = await entry.load().catch(() => null);
    if (tool === null) continue;
    known.rulesOf.add(entry.name);
    for (const { id } of tool.rules) known.rules.add(id);
  }
  return known;
}
