import type { Shape, ShapeEdge } from '../types.ts';
import { createComponents } from './components.ts';
import { headerLengths } from './header.ts';
import { mergeOnce } from './varying-words.ts';
import { fitOnce } from './fitting.ts';
import type { Merging } from './merging.ts';
import { reduceOnce } from './reducing.ts';
import { createMerging } from './merging.ts';
import { joinValues, WILDCARD_ID, type Template } from './templates.ts';

/** Merges make new ones possible. Real logs need fewer than ten rounds, each with fewer templates than the one before; this only bounds the time. */
const MAX_ROUNDS = 100;

export type MergeableShape = Pick<Shape, 'key' | 'canonical'>;

/**
 * Tier 2: which shapes are one message with a word that varies. Works on the set of shapes alone, so it does not matter how often or in which order
 * lines came; the order of `shapes` (first sighting) decides only which of them is the parent. Returns the edges that `knownEdges` does not have.
 */
export function mergeShapes(
  shapes: readonly MergeableShape[],
  knownEdges: readonly ShapeEdge[],
): ShapeEdge[] {
  const merging = createMerging(
    createComponents(
      shapes.map(({ key }) => key),
      knownEdges,
    ),
  );
  let templates = unite(merging, knownTemplates(merging, shapes));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const merged =
      mergeOnce(merging, templates) ?? fitOnce(merging, templates) ?? reduceOnce(merging, templates);
    if (merged === null) break;
    templates = unite(merging, merged);
  }
  return [...merging.components.edges];
}

/** One template per component of the known edges: what its shapes have in common, where they are of one length. */
function knownTemplates({ table, components }: Merging, shapes: readonly MergeableShape[]): Template[] {
  const byRoot = new Map<string, Template[]>();
  const whole = shapes.map(({ canonical }) =>
    Int32Array.from(canonical.split(' '), (text) => table.idOf(text)),
  );
  const headers = headerLengths(whole, table);
  for (const [index, { key }] of shapes.entries()) {
    const tokens = (whole[index] as Int32Array).subarray(headers[index]);
    const root = components.rootOf(key);
    const templates = byRoot.get(root) ?? [];
    const alike = templates.findIndex((template) => template.tokens.length === tokens.length);
    if (alike === -1) templates.push({ key, tokens, values: new Map() });
    else templates[alike] = generalised(templates[alike] as Template, tokens);
    byRoot.set(root, templates);
  }
  return [...byRoot.values()].flat();
}

function generalised(template: Template, tokens: Int32Array): Template {
  const values = new Map<number, Set<number>>();
  const common = template.tokens.slice();
  for (const [position, token] of tokens.entries()) {
    const own = template.tokens[position] as number;
    if (own === token) continue;
    common[position] = WILDCARD_ID;
    values.set(position, new Set([own, token].filter((word) => word !== WILDCARD_ID)));
  }
  return { key: template.key, tokens: common, values: joinValues(template.values, values) };
}

/** Templates that have become equal are one. */
function unite({ components }: Merging, templates: readonly Template[]): Template[] {
  const byTokens = new Map<string, Template>();
  for (const template of templates) {
    const text = template.tokens.join(' ');
    const same = byTokens.get(text);
    if (same === undefined) {
      byTokens.set(text, template);
      continue;
    }
    components.join(same.key, template.key, { kind: 'absorbed', position: 0, distinct: 1, needed: 1 });
    byTokens.set(text, { ...same, values: joinValues(same.values, template.values) });
  }
  return [...byTokens.values()];
}
