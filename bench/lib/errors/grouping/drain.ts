/**
 * Drain (He, Zhu, Zheng, Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017), written from the paper and with its default
 * setting: depth 4, similarity 0.4, at most 100 children. The peer of the grouping benchmark.
 */
const DEPTH = 4;
const SIMILARITY = 0.4;
const MAX_CHILDREN = 100;
const ANY = '<*>';

interface Cluster {
  id: number;
  template: string[];
}

interface Node {
  children: Map<string, Node>;
  clusters: Cluster[];
}

function newNode(): Node {
  return { children: new Map(), clusters: [] };
}

/** A function that says the group of a line, learning as it goes. */
export function createDrain(): (line: string) => number {
  const byLength = new Map<number, Node>();
  let next = 0;

  return (line) => {
    const tokens = line.trim().split(/\s+/);
    let node = byLength.get(tokens.length);
    if (node === undefined) byLength.set(tokens.length, (node = newNode()));
    // The length and the leaf are levels of the tree, too.
    for (const token of tokens.slice(0, DEPTH - 2)) node = descend(node, token);
    const cluster = mostSimilar(node.clusters, tokens);
    if (cluster === null) {
      node.clusters.push({ id: next, template: tokens });
      return next++;
    }
    cluster.template = cluster.template.map((token, index) => (token === tokens[index] ? token : ANY));
    return cluster.id;
  };
}

function descend(node: Node, token: string): Node {
  const known = node.children.get(token);
  if (known !== undefined) return known;
  const own = !/\d/.test(token) && node.children.size + (node.children.has(ANY) ? 0 : 1) < MAX_CHILDREN;
  const key = own ? token : ANY;
  let child = node.children.get(key);
  if (child === undefined) node.children.set(key, (child = newNode()));
  return child;
}

function mostSimilar(clusters: readonly Cluster[], tokens: readonly string[]): Cluster | null {
  let best: Cluster | null = null;
  let bestSimilarity = -1;
  let bestWildcards = -1;
  for (const cluster of clusters) {
    let same = 0;
    let wildcards = 0;
    for (const [index, token] of cluster.template.entries()) {
      if (token === ANY) wildcards += 1;
      else if (token === tokens[index]) same += 1;
    }
    const similarity = same / tokens.length;
    if (similarity > bestSimilarity || (similarity === bestSimilarity && wildcards > bestWildcards)) {
      best = cluster;
      bestSimilarity = similarity;
      bestWildcards = wildcards;
    }
  }
  return bestSimilarity >= SIMILARITY ? best : null;
}
