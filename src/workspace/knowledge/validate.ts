import { hasPlaceholder } from './draft-words.ts';
import { fieldsOf, type KnowledgeField, type KnowledgeProblem } from './entry.ts';
import type { KnowledgeBook, PlacedEntry } from './parse.ts';

/** What the tools of today know. */
export interface KnownTools {
  /** Names and aliases, also of tools that are yet to come. */
  tools: ReadonlySet<string>;
  /** Of the tools in `rulesOf`. */
  rules: ReadonlySet<string>;
  /** Tools whose rules are known: of others nothing can be said. */
  rulesOf: ReadonlySet<string>;
}

export interface EntryProblem extends KnowledgeProblem {
  /** Of the entry; null: of the file. */
  id: string | null;
}

/** Everything that is wrong with a KNOWLEDGE.md, by line. `today` as `2026-11-28`. */
export function validateKnowledge(book: KnowledgeBook, known: KnownTools, today: string): EntryProblem[] {
  const problems: EntryProblem[] = [];
  if (book.unclosed !== null) {
    const { line, kind } = book.unclosed;
    const what = kind === 'code' ? 'A code block' : 'A comment';
    problems.push({ id: null, line, message: `${what} begins here and does not end` });
  }
  const first = new Map<string, PlacedEntry>();
  for (const placed of book.entries) {
    const { id, line } = placed;
    const twin = first.get(id);
    if (twin === undefined) first.set(id, placed);
    else problems.push({ id, line, message: `${id} is the id of the entry in line ${twin.line}, too` });
    for (const problem of [
      ...placed.problems,
      ...missingFields(placed),
      ...draftedFields(placed),
      ...pastReview(placed, today),
      ...goneTools(placed, known),
    ]) {
      problems.push({ id, ...problem });
    }
  }
  return problems.toSorted((a, b) => a.line - b.line);
}

/** Headings that the entry must have and that are not there or say nothing. */
export function lackingFields({ kind, fields }: Pick<PlacedEntry, 'kind' | 'fields'>): KnowledgeField[] {
  return fieldsOf(kind).filter((name) => (fields[name] ?? '').trim() === '');
}

function missingFields(placed: PlacedEntry): KnowledgeProblem[] {
  return lackingFields(placed).map((name) => {
    const at = placed.fieldLines[name];
    return at === undefined
      ? { line: placed.line, message: `${name} is missing: **${name}**: …` }
      : { line: at, message: `${name} says nothing` };
  });
}

function draftedFields({ fields, fieldLines, line }: PlacedEntry): KnowledgeProblem[] {
  return fieldsOf('incident')
    .filter((name) => hasPlaceholder(fields[name] ?? ''))
    .map((name) => ({ line: fieldLines[name] ?? line, message: `${name} is to be completed` }));
}

function pastReview({ entry, line }: PlacedEntry, today: string): KnowledgeProblem[] {
  if ((entry?.reviewBy ?? today) >= today) return [];
  const message = `it was to be reviewed by ${entry?.reviewBy ?? today}: see whether it is still true, and write a new date`;
  return [{ line, message }];
}

function goneTools({ entry, fields, fieldLines, line }: PlacedEntry, known: KnownTools): KnowledgeProblem[] {
  const { findings = [], patterns = [] } = entry?.matches ?? {};
  const aliases = findings.flatMap((id) => /^([a-z][a-z0-9-]*)-[0-9a-f]{8,}$/.exec(id)?.[1] ?? []);
  return [
    ...aliases
      .filter((alias) => !known.tools.has(alias))
      .map((alias) => ({ line, message: `Matches names findings of ${alias}, and no tool is called so` })),
    ...patterns.flatMap(({ rule }) => {
      const tool = rule.slice(0, rule.indexOf('/'));
      if (!known.tools.has(tool))
        return [{ line, message: `Matches names the tool ${tool}, which is not there` }];
      if (!known.rulesOf.has(tool) || known.rules.has(rule)) return [];
      return [{ line, message: `Matches names the rule ${rule}, which is not there` }];
    }),
    ...fieldsOf('incident').flatMap((name) =>
      toolsNamed(fields[name] ?? '')
        .filter((tool) => !known.tools.has(tool))
        .map((tool) => ({
          line: fieldLines[name] ?? line,
          message: `${name} names the tool ${tool}, which is not there`,
        })),
    ),
  ];
}

/** Tools in command lines; names of our own commands have no hyphen. */
function toolsNamed(text: string): string[] {
  const names = [...text.matchAll(/`(?:npx )?rearguard ([a-z0-9]+(?:-[a-z0-9]+)+)\b/g)];
  return [...new Set(names.flatMap(([, name]) => name ?? []))];
}
