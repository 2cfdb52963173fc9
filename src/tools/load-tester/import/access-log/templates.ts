/**
 * Which parts of paths are values, learned from all paths of a log: what looks like an id is one, and so is every segment of a place
 * where more different ones stand than a router has routes. A tree of segments, bounded whatever clients ask for.
 */
export interface PathTemplates {
  learn(path: string): void;
  /** `/api/products/{id}`, of a path with or without its query. */
  templateOf(path: string): string;
}

/** More different segments than this at one place are values. */
const MAX_ALTERNATIVES = 40;
const MAX_SEGMENTS = 12;

interface Node {
  /** By literal segment; null once they are too many. */
  children: Map<string, Node> | null;
  /** Of the segments that are values. */
  value: Node | null;
}

const ID =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[a-z]*\d)[0-9a-f]{8,}|[0-9A-HJKMNP-TV-Z]{26}|\d{4}-\d\d-\d\d|[^@/]+(?:@|%40)[^@/]+)$/i;
/** Letters and digits mixed, too long for a word: tokens, hashes, base64. */
const OPAQUE = /^(?=.*\d)(?=.*[a-z])[\w=%+~-]{20,}$/i;

export function pathTemplates(): PathTemplates {
  const root = newNode();
  return {
    learn(path) {
      let node = root;
      for (const segment of segmentsOf(path)) node = childOf(node, segment);
    },
    templateOf(path) {
      let node: Node | null = root;
      let values = 0;
      const parts = segmentsOf(path).map((segment) => {
        const literal = isId(segment) ? undefined : node?.children?.get(segment);
        if (literal !== undefined) {
          node = literal;
          return segment;
        }
        node = node?.value ?? null;
        values += 1;
        return values === 1 ? '{id}' : `{id${values}}`;
      });
      return `/${parts.join('/')}`;
    },
  };
}

/** Whether a segment is a value by its form alone. */
export function isId(segment: string): boolean {
  return ID.test(segment) || OPAQUE.test(segment);
}

function newNode(): Node {
  return { children: new Map(), value: null };
}

/** Without the query; what is deeper than any route is one last segment. */
function segmentsOf(path: string): string[] {
  const query = path.indexOf('?');
  const segments = (query < 0 ? path : path.slice(0, query)).slice(1).split('/');
  if (segments.length <= MAX_SEGMENTS) return segments;
  return [...segments.slice(0, MAX_SEGMENTS - 1), segments.slice(MAX_SEGMENTS - 1).join('/')];
}

function childOf(node: Node, segment: string): Node {
  if (node.children === null || isId(segment)) return (node.value ??= newNode());
  const known = node.children.get(segment);
  if (known !== undefined) return known;
  if (node.children.size < MAX_ALTERNATIVES) {
    const child = newNode();
    node.children.set(segment, child);
    return child;
  }
  for (const child of node.children.values()) node.value = merged(node.value, child);
  node.children = null;
  return (node.value ??= newNode());
}

function merged(into: Node | null, other: Node): Node {
  if (into === null) return other;
  if (other.value !== null) into.value = merged(into.value, other.value);
  for (const [segment, child] of other.children ?? []) mergeChild(into, segment, child);
  if (other.children === null && into.children !== null) {
    for (const child of into.children.values()) into.value = merged(into.value, child);
    into.children = null;
  }
  return into;
}

function mergeChild(into: Node, segment: string, child: Node): void {
  if (into.children === null) into.value = merged(into.value, child);
  else {
    const known = into.children.get(segment);
    if (known !== undefined) merged(known, child);
    else if (into.children.size < MAX_ALTERNATIVES) into.children.set(segment, child);
    else {
      into.value = merged(into.value, child);
      for (const other of into.children.values()) into.value = merged(into.value, other);
      into.children = null;
    }
  }
}
