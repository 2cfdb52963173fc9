import { isStateWord } from '../state-words.ts';
import type { Shape, ShapeEdge } from '../types.ts';
import { createComponents, type Components } from './components.ts';
import { announcesValue, isIdentifier, keepsEnough, neededWords } from './evidence.ts';
import {
  createTokenTable,
  positionHash,
  sharesAllBut,
  templateHash,
  WILDCARD_ID,
  type Template,
  type TokenTable,
} from './templates.ts';

/** Merges make new ones possible; real logs need two or three rounds. */
const MAX_ROUNDS = 8;

export type MergeableShape = Pick<Shape, 'key' | 'canonical'>;

interface Merging {
  table: TokenTable;
  components: Components;
  /** Whether a word may vary, by token id. */
  vetoes: Map<number, boolean>;
}

/** Templates that are equal but for one position. */
interface Bucket {
  position: number;
  templates: Template[];
}

/**
 * Tier 2: which shapes are one message with a word that varies. Works on the set of shapes alone, so it does not matter how often or in which order
 * lines came; the order of `shapes` (first sighting) decides only which of them is the parent. Returns the edges that `knownEdges` does not have.
 */
export function mergeShapes(
  shapes: readonly MergeableShape[],
  knownEdges: readonly ShapeEdge[],
): ShapeEdge[] {
  const table = createTokenTable();
  const components = createComponents(
    shapes.map(({ key }) => key),
    knownEdges,
  );
  const merging: Merging = { table, components, vetoes: new Map() };
  let templates = unite(merging, knownTemplates(merging, shapes));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const merged = mergeOnce(merging, templates);
    if (merged === null) break;
    templates = unite(merging, merged);
  }
  return [...components.edges];
}

/** One template per component of the known edges: what its shapes have in common, where they are of one length. */
function knownTemplates({ table, components }: Merging, shapes: readonly MergeableShape[]): Template[] {
  const byRoot = new Map<string, Template[]>();
  for (const { key, canonical } of shapes) {
    const tokens = Int32Array.from(canonical.split(' '), (text) => table.idOf(text));
    const root = components.rootOf(key);
    const templates = byRoot.get(root) ?? [];
    const alike = templates.find((template) => template.tokens.length === tokens.length);
    if (alike === undefined) templates.push({ key, tokens, counted: new Set() });
    else generalise(alike, tokens);
    byRoot.set(root, templates);
  }
  return [...byRoot.values()].flat();
}

function generalise(template: Template, tokens: Int32Array): void {
  const counted = new Set(template.counted);
  for (let position = 0; position < tokens.length; position += 1) {
    if (template.tokens[position] === tokens[position]) continue;
    template.tokens[position] = WILDCARD_ID;
    counted.add(position);
  }
  template.counted = counted;
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
    byTokens.set(text, { ...same, counted: new Set([...same.counted, ...template.counted]) });
  }
  return [...byTokens.values()];
}

/** Null when there was nothing to merge. */
function mergeOnce(merging: Merging, templates: readonly Template[]): Template[] | null {
  const candidates = bucketsOf(merging, templates)
    .map((bucket) => judged(merging, bucket))
    .filter((candidate) => candidate !== null)
    .toSorted((one, other) => other.words - one.words || (one.order < other.order ? -1 : 1));
  const gone = new Set<Template>();
  const made: Template[] = [];
  for (const { bucket, words, needed } of candidates) {
    if (bucket.templates.some((template) => gone.has(template))) continue;
    const [first, ...others] = bucket.templates as [Template, ...Template[]];
    const counted = new Set(first.counted).add(bucket.position);
    for (const other of others) {
      merging.components.join(first.key, other.key, {
        kind: 'varying-word',
        position: bucket.position,
        distinct: words,
        needed,
      });
      for (const position of other.counted) counted.add(position);
    }
    for (const template of bucket.templates) gone.add(template);
    made.push({ key: first.key, tokens: first.tokens.with(bucket.position, WILDCARD_ID), counted });
  }
  return made.length === 0 ? null : [...templates.filter((template) => !gone.has(template)), ...made];
}

function bucketsOf(merging: Merging, templates: readonly Template[]): Bucket[] {
  const buckets = new Map<number, Bucket>();
  for (const template of templates) {
    const hash = templateHash(template.tokens);
    for (let position = 0; position < template.tokens.length; position += 1) {
      const token = template.tokens[position] as number;
      if (token !== WILDCARD_ID && !mayVary(merging, token)) continue;
      const key = hash - positionHash(token, position) + position;
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, { position, templates: [template] });
      else if (isAlike(bucket, position, template)) bucket.templates.push(template);
    }
  }
  return [...buckets.values()].filter(({ templates }) => templates.length > 1);
}

function isAlike(bucket: Bucket, position: number, template: Template): boolean {
  const first = bucket.templates[0] as Template;
  return bucket.position === position && sharesAllBut(position, first.tokens, template.tokens);
}

function mayVary({ table, vetoes }: Merging, token: number): boolean {
  let may = vetoes.get(token);
  if (may === undefined) {
    may = table.isWord(token) && !isStateWord(table.text(token));
    vetoes.set(token, may);
  }
  return may;
}

interface Candidate {
  bucket: Bucket;
  words: number;
  needed: number;
  /** For the same order on every machine. */
  order: string;
}

function judged({ table }: Merging, bucket: Bucket): Candidate | null {
  const { position, templates } = bucket;
  const first = templates[0] as Template;
  if (!keepsEnough(first.tokens, position, table)) return null;
  const words = templates.map(({ tokens }) => tokens[position] as number);
  const host = templates.find(({ tokens }) => tokens[position] === WILDCARD_ID);
  let needed = neededWords(first.tokens, position, words, table);
  if (host !== undefined) {
    const hinted =
      host.counted.has(position) ||
      announcesValue(first.tokens, position, table) ||
      words.some((word) => word !== WILDCARD_ID && isIdentifier(table.text(word)));
    if (hinted) needed = 1;
  }
  if (words.length < needed) return null;
  const order = Array.from(first.tokens.with(position, WILDCARD_ID), (token) => table.text(token)).join(' ');
  return { bucket, words: words.length, needed, order };
}
