import {
  type KnowledgeProblem,
  KNOWLEDGE_FIELDS,
  type KnowledgeField,
  type KnowledgeEntry,
  knowledgeEntrySchema,
} from './entry.ts';
import { parseFacts } from './facts-line.ts';
import { type MarkdownLine, markdownLines, type MarkdownLines } from '../markdown-lines.ts';
import { parseMatches } from './matches-line.ts';
import { knowledgeId, labelOf, unescapeMarkdown } from './words.ts';

/** An entry where it stands. */
export interface PlacedEntry {
  /** Of its heading, from 1. */
  line: number;
  kind: KnowledgeEntry['kind'];
  title: string;
  id: string;
  /** Null where what is written is not an entry that can be dated and told from others: `problems` says why. */
  entry: KnowledgeEntry | null;
  /** Lines of the labels. */
  fieldLines: Partial<Record<KnowledgeField, number>>;
  fields: Partial<Record<KnowledgeField, string>>;
  problems: KnowledgeProblem[];
}

export interface KnowledgeBook {
  entries: PlacedEntry[];
  unclosed: MarkdownLines['unclosed'];
}

const TITLE = /^Backend (Issue|Pattern):[ \t]*(.*)$/i;
const NAMES = new Map<string, KnowledgeField>(KNOWLEDGE_FIELDS.map((name) => [name.toLowerCase(), name]));

export function isKnowledgeLabel(name: string): boolean {
  return NAMES.has(name.toLowerCase()) || name.toLowerCase() === 'matches';
}

/** Every entry of a KNOWLEDGE.md. Anything may be written around them; never throws. */
export function parseKnowledge(text: string): KnowledgeBook {
  const { lines, unclosed } = markdownLines(text);
  const entries: PlacedEntry[] = [];
  let open: { kind: KnowledgeEntry['kind']; title: string; line: number; body: MarkdownLine[] } | null = null;
  const close = (): void => {
    if (open !== null) entries.push(readEntry(open.kind, open.title, open.line, open.body));
    open = null;
  };
  for (const line of lines) {
    const heading = line.kind === 'text' ? headingOf(line.content) : null;
    if (heading === null) {
      open?.body.push(line);
      continue;
    }
    close();
    const [, kind, title = ''] = (heading.level === 2 && TITLE.exec(heading.text)) || [];
    if (kind === undefined) continue;
    open = {
      kind: kind.toLowerCase() === 'issue' ? 'incident' : 'pattern',
      title: unescapeMarkdown(title.trim()),
      line: line.line,
      body: [],
    };
  }
  close();
  return { entries, unclosed };
}

/** One of the first two levels; `#` behind the text is part of the mark. */
function headingOf(content: string): { level: number; text: string } | null {
  const [, mark, rest = ''] = /^ {0,3}(#{1,2})(?=[ \t]|$)(.*)$/.exec(content) ?? [];
  if (mark === undefined) return null;
  return { level: mark.length, text: rest.trim().replace(/(?:^|[ \t])#+$/, '') };
}

interface Part {
  name: KnowledgeField | 'Matches' | null;
  line: number;
  lines: string[];
}

function readEntry(
  kind: KnowledgeEntry['kind'],
  title: string,
  line: number,
  body: readonly MarkdownLine[],
): PlacedEntry {
  const parts = partsOf(body, line);
  const problems: KnowledgeProblem[] = [];
  const fields: PlacedEntry['fields'] = {};
  const fieldLines: PlacedEntry['fieldLines'] = {};
  for (const part of parts) {
    if (part.name === null || part.name === 'Matches') continue;
    if (fieldLines[part.name] !== undefined) {
      problems.push({ line: part.line, message: `${part.name} is there twice` });
      continue;
    }
    fields[part.name] = part.lines.join('\n').trim();
    fieldLines[part.name] = part.line;
  }
  const [preamble] = parts;
  const facts = parseFacts(preamble?.lines ?? [], line + 1);
  const written = parts.filter(({ name }) => name === 'Matches');
  const matches = written.map((part) => parseMatches(part.lines, part.line));
  problems.push(...facts.problems, ...matches.flatMap((match) => match.problems));
  if (title === '') problems.push({ line, message: 'it has no title' });
  const id = facts.id ?? knowledgeId(title);
  const result = knowledgeEntrySchema.safeParse({
    id,
    kind,
    title,
    date: facts.date,
    author: facts.author,
    reviewBy: facts.reviewBy,
    runId: facts.runId,
    tags: facts.tags,
    matches: {
      findings: matches.flatMap(({ findings }) => findings),
      patterns: matches.flatMap(({ patterns }) => patterns),
    },
    fields,
  });
  if (facts.date === null && facts.problems.length === 0) {
    problems.push({
      line,
      message: `it has no date: write a line such as \`${id}\` · 2026-11-28 · by Ann`,
    });
  }
  return {
    line,
    kind,
    title,
    id,
    entry: result.success ? result.data : null,
    fields,
    fieldLines,
    problems: problems.toSorted((a, b) => a.line - b.line),
  };
}

/** What stands before the first label, then one part a label. */
function partsOf(body: readonly MarkdownLine[], headingLine: number): Part[] {
  let part: Part = { name: null, line: headingLine, lines: [] };
  const parts = [part];
  for (const { line, content, kind } of body) {
    const label = kind === 'text' ? labelOf(content) : null;
    const name =
      label === null
        ? undefined
        : label.name.toLowerCase() === 'matches'
          ? ('Matches' as const)
          : NAMES.get(label.name.toLowerCase());
    if (label === null || name === undefined) {
      part.lines.push(content);
      continue;
    }
    part = { name, line, lines: [label.rest] };
    parts.push(part);
  }
  return parts;
}
