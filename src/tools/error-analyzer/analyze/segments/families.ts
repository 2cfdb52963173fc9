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

/** Groups that tier 2 made one: which group each id belongs to, and why. */
export interface Families {
  /** The id itself where nothing was merged. */
  rootOf(id: string): string;
  reasonOf(id: string): string | null;
}

export function familiesOf(edges: readonly ShapeEdge[]): Families {
  const parents = new Map(
    edges.map(({ child, parent, reason }) => [
      messageGroupId(child),
      { parent: messageGroupId(parent), reason },
    ]),
  );
  return {
    rootOf(id) {
      let root = id;
      // Edges come from a store: a ring among them must end nothing.
      for (let steps = 0; steps <= parents.size; steps += 1) {
        const edge = parents.get(root);
        if (edge === undefined) return root;
        root = edge.parent;
      }
      return id;
    },
    reasonOf(id) {
      const reason = parents.get(id)?.reason;
      return reason === undefined ? null : sentenceOf(reason);
    },
  };
}

function sentenceOf({ kind, position, distinct, needed }: ShapeEdge['reason']): string {
  const word = `word ${position + 1}`;
  if (kind === 'varying-word') return `${word} varies: ${distinct} different ones, ${needed} were needed`;
  if (kind === 'optional-part') return `${word} is not always there`;
  return `${word} fits a group in which it varies`;
}
