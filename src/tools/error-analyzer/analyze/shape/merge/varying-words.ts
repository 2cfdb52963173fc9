import { announcesValue, isIdentifier, isOpenClass, keepsEnough, neededWords } from './evidence.ts';
import type { Merging } from './merging.ts';
import {
  joinValues,
  positionHash,
  sharesAllBut,
  templateHash,
  WILDCARD_ID,
  type Template,
  type TokenTable,
} from './templates.ts';

/** Templates that are equal but for one position. */
interface Bucket {
  position: number;
  templates: Template[];
}

interface Candidate {
  position: number;
  templates: readonly Template[];
  /** Distinct words seen at the position. */
  words: number;
  needed: number;
  /** For the same order on every machine. */
  order: string;
}

/** Merges what differs in one word that was counted often enough; null when there is nothing to merge. */
export function mergeOnce(merging: Merging, templates: readonly Template[]): Template[] | null {
  const seenAfter = valuesByContext(merging, templates);
  const candidates = bucketsOf(merging, templates)
    .map((bucket) => judged(merging, bucket, seenAfter))
    .filter((candidate) => candidate !== null)
    .toSorted((one, other) => other.words - one.words || (one.order < other.order ? -1 : 1));
  const gone = new Set<Template>();
  const made: Template[] = [];
  for (const candidate of candidates) {
    if (candidate.templates.some((template) => gone.has(template))) continue;
    for (const template of candidate.templates) gone.add(template);
    made.push(mergedTemplate(merging, candidate));
  }
  return made.length === 0 ? null : [...templates.filter((template) => !gone.has(template)), ...made];
}

function mergedTemplate({ components }: Merging, candidate: Candidate): Template {
  const { position, templates, words, needed } = candidate;
  const [first, ...others] = templates as [Template, ...Template[]];
  for (const other of others) {
    components.join(first.key, other.key, { kind: 'varying-word', position, distinct: words, needed });
  }
  const values = joinValues(...templates.map((template) => template.values));
  const seen = templates
    .map(({ tokens }) => tokens[position] as number)
    .filter((token) => token !== WILDCARD_ID);
  return {
    key: first.key,
    tokens: first.tokens.with(position, WILDCARD_ID),
    values: joinValues(values, new Map([[position, new Set(seen)]])),
  };
}

/** Most templates are alone everywhere: a bucket is made for the second one only. */
function bucketsOf({ table }: Merging, templates: readonly Template[]): Bucket[] {
  const firsts = new Map<number, Template>();
  const buckets = new Map<number, Bucket>();
  for (const template of templates) {
    const hash = templateHash(template.tokens);
    for (let position = 0; position < template.tokens.length; position += 1) {
      const token = template.tokens[position] as number;
      if (token !== WILDCARD_ID && !table.isWord(token)) continue;
      const key = hash - positionHash(token, position) + position;
      const first = firsts.get(key);
      if (first === undefined) {
        firsts.set(key, template);
        continue;
      }
      const bucket = buckets.get(key) ?? { position, templates: [first] };
      if (!isAlike(bucket, position, template)) continue;
      bucket.templates.push(template);
      buckets.set(key, bucket);
    }
  }
  return [...buckets.values()];
}

function isAlike(bucket: Bucket, position: number, template: Template): boolean {
  const first = bucket.templates[0] as Template;
  return bucket.position === position && sharesAllBut(position, first.tokens, template.tokens);
}

/** What was counted to vary, by what stands before it: a word that is a value after `user` in one message is one in the next. */
function valuesByContext({ table }: Merging, templates: readonly Template[]): ValuesByContext {
  const values = new Map<string, Set<number>>();
  for (const template of templates) {
    for (const [position, words] of template.values) {
      const context = contextOf(template.tokens, position, table);
      if (context === null) continue;
      const known = values.get(context) ?? new Set();
      for (const word of words) known.add(word);
      values.set(context, known);
    }
  }
  return values;
}

type ValuesByContext = ReadonlyMap<string, ReadonlySet<number>>;

/** The word before; with a mark between, that too. */
function contextOf(tokens: Int32Array, position: number, table: TokenTable): string | null {
  const before = tokens[position - 1];
  if (before === undefined || before === WILDCARD_ID) return null;
  if (table.isWord(before)) return String(before);
  const further = tokens[position - 2];
  return further !== undefined && table.isWord(further) ? `${further} ${before}` : null;
}

function areKnownValues(words: ReadonlySet<number>, known: ReadonlySet<number> | undefined): boolean {
  return known !== undefined && words.size > 0 && [...words].every((word) => known.has(word));
}

function judged(
  merging: Merging,
  { position, templates }: Bucket,
  seenAfter: ValuesByContext,
): Candidate | null {
  const { table } = merging;
  const { tokens } = templates[0] as Template;
  if (!keepsEnough(tokens, position, table)) return null;
  const host = templates.find((template) => template.tokens[position] === WILDCARD_ID);
  const literals = templates.filter((template) => template !== host);
  const plain = literals.filter((template) => !merging.isState(template.tokens[position] as number));
  const words = new Set(host?.values.get(position) ?? []);
  for (const template of plain) words.add(template.tokens[position] as number);
  const chosen = isOpenClass(words.size, literals.length - plain.length) ? literals : plain;
  const merged = host === undefined ? chosen : [host, ...chosen];
  if (merged.length < 2) return null;
  const context = contextOf(tokens, position, table);
  const known = context !== null && areKnownValues(words, seenAfter.get(context));
  const needed = known ? 2 : neededWords(tokens, position, words, table);
  const hinted =
    host !== undefined &&
    (host.values.has(position) ||
      (words.size >= 2 && announcesValue(tokens, position, table)) ||
      [...words].some((word) => isIdentifier(table.text(word))));
  if (!hinted && words.size + (host === undefined ? 0 : 1) < needed) return null;
  const order = Array.from(tokens.with(position, WILDCARD_ID), (token) => table.text(token)).join(' ');
  return { position, templates: merged, words: words.size, needed: hinted ? 1 : needed, order };
}
