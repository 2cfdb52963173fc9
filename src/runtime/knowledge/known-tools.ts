import { PLANNED_TOOLS } from '../../tools/planned.ts';
import type { KnowledgeBook } from '../../workspace/knowledge/parse.ts';
import type { KnownTools } from '../../workspace/knowledge/validate.ts';
import type { Catalog } from '../catalog.ts';

/**
 * What entries may name. Only tools whose rules they name are loaded; one that cannot be keeps its name, and of its rules nothing
 * is said.
 */
export async function knownTools({ tools }: Catalog, { entries }: KnowledgeBook): Promise<KnownTools> {
  const named = new Set(
    entries.flatMap(({ entry }) => (entry?.matches.patterns ?? []).map(({ rule }) => rule.split('/')[0])),
  );
  const known = {
    tools: new Set([...tools, ...PLANNED_TOOLS].flatMap(({ name, alias }) => [name, alias])),
    rules: new Set<string>(),
    rulesOf: new Set<string>(),
  };
  for (const entry of tools.filter(({ name }) => named.has(name))) {
    const tool = await entry.load().catch(() => null);
    if (tool === null) continue;
    known.rulesOf.add(entry.name);
    for (const { id } of tool.rules) known.rules.add(id);
  }
  return known;
}
