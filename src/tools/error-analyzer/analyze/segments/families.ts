import type { RuleEdge } from '../grouping/rule-edges.ts';
import type { ShapeEdge } from '../shape/types.ts';

/** Prefix and length of ids; the whole key stays in the segments. */
const ID_HEX = 12;

/** The id of a group of messages, from the key of its shape. */
export function messageGroupId(shapeKey: string): string {
  return `m${shapeKey.slice(0, ID_HEX)}`;
}

/** The id of a group of exceptions, from its exact key. */
export function exceptionGroupId(key: string): string {
  return `e${key.slice(0, ID_HEX)}`;
}

/** What tier 2 merged, and what rules of the user's say. */
export type FamilyEdge = ShapeEdge | RuleEdge;

/** Groups that are one: which group each id belongs to, and why. */
export interface Families {
  /** The id itself where nothing was merged. */
  rootOf: (id: string) => string;
  reasonOf: (id: string) => string | null;
  /** As a rule calls it. */
  titleOf(root: string): string | null;
}

/** A rule stands above what tier 2 merged: what it takes leaves its family. */
export function familiesOf(edges: readonly FamilyEdge[]): Families {
  const parents = new Map<string, { parent: string; reason: string }>();
  const rules = edges.filter((edge) => 'rule' in edge);
  for (const edge of edges) {
    if ('rule' in edge) continue;
    parents.set(messageGroupId(edge.child), {
      parent: messageGroupId(edge.parent),
      reason: sentenceOf(edge.reason),
    });
  }
  for (const { child, parent, rule, joins } of rules) {
    if (!joins) continue;
    if (child === parent) parents.delete(child);
    else parents.set(child, { parent, reason: rule });
  }
  const rootOf = (id: string): string => {
    let root = id;
    // Edges come from a store: a ring among them must end nothing.
    for (let steps = 0; steps <= parents.size; steps += 1) {
      const edge = parents.get(root);
      if (edge === undefined) return root;
      root = edge.parent;
    }
    return id;
  };
  const titles = new Map<string, string>();
  for (const { parent, title } of rules) {
    const root = rootOf(parent);
    if (title !== null && !titles.has(root)) titles.set(root, title);
  }
  return {
    rootOf,
    reasonOf: (id) => parents.get(id)?.reason ?? null,
    titleOf: (root) => titles.get(root) ?? null,
  };
}

function sentenceOf({ kind, position, distinct, needed }: ShapeEdge['reason']): string {
  const word = `word ${position + 1}`;
  if (kind === 'varying-word') return `${word} varies: ${distinct} different ones, ${needed} were needed`;
  if (kind === 'optional-part') return `${word} is not always there`;
  return `${word} fits a group in which it varies`;
}
