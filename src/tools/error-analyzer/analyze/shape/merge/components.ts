import type { ShapeEdge, ShapeEdgeReason } from '../types.ts';

/** Union-find over keys of shapes, whose edges are remembered; of two roots the one that was seen first stays. */
export interface Components {
  rootOf(key: string): string;
  /** False when both were in one component. */
  join(one: string, other: string, reason: ShapeEdgeReason): boolean;
  readonly edges: readonly ShapeEdge[];
}

/** `keysInOrder`: in the order of first sighting. Parents of known edges that are not among them were seen before all. */
export function createComponents(
  keysInOrder: readonly string[],
  knownEdges: readonly ShapeEdge[],
): Components {
  const order = new Map<string, number>(keysInOrder.map((key, index) => [key, index]));
  const parents = new Map<string, string>(knownEdges.map(({ child, parent }) => [child, parent]));
  const edges: ShapeEdge[] = [];

  function rootOf(key: string): string {
    let root = key;
    let hops = 0;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) {
      // Stored edges come from a file: a ring in them must not hang us.
      if ((hops += 1) > parents.size) return key;
      root = next;
    }
    return root;
  }

  return {
    rootOf,
    join(one, other, reason) {
      const first = rootOf(one);
      const second = rootOf(other);
      if (first === second) return false;
      const firstStays = (order.get(first) ?? -1) <= (order.get(second) ?? -1);
      const [parent, child] = firstStays ? [first, second] : [second, first];
      parents.set(child, parent);
      edges.push({ child, parent, reason });
      return true;
    },
    edges,
  };
}
