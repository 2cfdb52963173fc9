import MiniSearch from 'minisearch';
import { capText, oneLine } from '../../core/text.ts';
import { KNOWLEDGE_FIELDS, type KnowledgeField } from './entry.ts';
import type { PlacedEntry } from './parse.ts';

export interface KnowledgeHit {
  placed: PlacedEntry;
  /** Higher fits better; comparable within one search only. */
  score: number;
  /** Where the words stand, and a part of the text around them. */
  line: number;
  field: KnowledgeField | 'Title';
  snippet: string;
}

const MAX_SNIPPET = 200;

/** Entries that have the words, or words that begin so or differ in a letter or two; best first. Entries without a date are searched, too. */
export function searchKnowledge(entries: readonly PlacedEntry[], words: string): KnowledgeHit[] {
  const index = new MiniSearch<Record<string, string | number>>({
    idField: 'position',
    fields: ['title', 'rules', 'tags', ...KNOWLEDGE_FIELDS],
    processTerm: (term) =>
      term
        .normalize('NFKD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase(),
  });
  index.addAll(entries.map(documentOf));
  const options = {
    prefix: (term: string): boolean => term.length > 2,
    fuzzy: (term: string): number => (term.length > 3 ? 0.2 : 0),
    boost: { title: 3, rules: 2, tags: 2, Solution: 1.5, 'Root Cause': 1.5 },
  };
  // All words first; where nothing has them all, any of them.
  const every = index.search(words, { ...options, combineWith: 'AND' });
  const results = every.length > 0 ? every : index.search(words, options);
  return results.flatMap(({ id, score, match }) => {
    const placed = entries[Number(id)];
    return placed === undefined ? [] : [{ placed, score, ...placeOf(placed, match) }];
  });
}

function documentOf(placed: PlacedEntry, position: number): Record<string, string | number> {
  const { entry, title, fields, id } = placed;
  const { findings = [], patterns = [] } = entry?.matches ?? {};
  return {
    ...fields,
    position,
    title: `${title} ${id}`,
    rules: [...findings, ...patterns.map(({ rule, subject }) => `${rule} ${subject}`)].join(' '),
    tags: (entry?.tags ?? []).join(' '),
  };
}

/** The first field that has one of the terms; what was found in title, rules or tags is shown by the title. */
function placeOf(
  { title, line, fields, fieldLines }: PlacedEntry,
  match: Readonly<Record<string, readonly string[]>>,
): Pick<KnowledgeHit, 'line' | 'field' | 'snippet'> {
  const terms = Object.keys(match);
  for (const field of KNOWLEDGE_FIELDS) {
    const hit = terms.find((term) => match[term]?.includes(field));
    const text = fields[field];
    if (hit === undefined || text === undefined) continue;
    const lines = text.split('\n');
    const offset = Math.max(
      0,
      lines.findIndex((content) => content.toLowerCase().includes(hit)),
    );
    return {
      field,
      line: (fieldLines[field] ?? line) + offset,
      snippet: around(oneLine(lines[offset] ?? ''), hit),
    };
  }
  return { field: 'Title', line, snippet: capText(oneLine(title), MAX_SNIPPET) };
}

function around(text: string, term: string): string {
  const at = text.toLowerCase().indexOf(term);
  if (text.length <= MAX_SNIPPET || at < MAX_SNIPPET / 2) return capText(text, MAX_SNIPPET);
  const from = text.indexOf(' ', at - MAX_SNIPPET / 2) + 1;
  return capText(`…${text.slice(from)}`, MAX_SNIPPET);
}
