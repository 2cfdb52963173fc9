import { RearguardError } from '../../core/errors.ts';
import { oneLine } from '../../core/text.ts';
import { draftEntry } from '../../workspace/knowledge/draft.ts';
import { hasPlaceholder, toComplete } from '../../workspace/knowledge/draft-words.ts';
import { fieldsOf, type KnowledgeEntry, type KnowledgeField } from '../../workspace/knowledge/entry.ts';
import { parseMatches } from '../../workspace/knowledge/matches-line.ts';
import { parseKnowledge } from '../../workspace/knowledge/parse.ts';
import { lackingFields } from '../../workspace/knowledge/validate.ts';
import { knowledgeId } from '../../workspace/knowledge/words.ts';
import type { RunResult } from '../envelope.ts';
import { findFinding } from '../lookup.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import type { KnowledgeAddData } from './data.ts';
import { findingFacts } from './finding-facts.ts';
import { knowledgePlace } from './read.ts';
import { writeEntry } from './write-entry.ts';

export interface KnowledgeInput {
  /** Id of a finding to draft from. */
  from?: string | undefined;
  /** One entry as Markdown. */
  markdown?: string | undefined;
  kind?: KnowledgeEntry['kind'] | undefined;
  title?: string | undefined;
  author?: string | undefined;
  /** `2027-05-28` */
  reviewBy?: string | undefined;
  tags?: readonly string[] | undefined;
  /** As in the file: findings, and rules with `on` and a subject. */
  matches?: readonly string[] | undefined;
  fields?: Partial<Record<KnowledgeField, string>> | undefined;
  /** Marks headings that say nothing as to be completed instead of refusing the entry. */
  draft?: boolean | undefined;
}

const MAX_DRAFT_ID = 32;
const REVIEW_AFTER_MS = 180 * 86_400_000;

/**
 * Adds one entry, unless it is there already. Ends with E_KNOWLEDGE_INVALID for an entry that lacks something or whose id
 * another entry has, E_FINDING_UNKNOWN, E_WORKSPACE_MISSING, E_WORKSPACE_BUSY.
 */
export function addKnowledge(runtime: Runtime, input: KnowledgeInput): Promise<RunResult> {
  return ownCommand(runtime, 'knowledge add', async () => {
    const entry = (await runtime.redactor()).deep(await entryOf(runtime, input));
    const { id, line, changed } = await writeEntry(runtime.config, entry, {
      draftOf: input.from === undefined ? undefined : findFinding(runtime.openStore(), input.from),
    });
    const place = knowledgePlace(line);
    const open = changed
      ? fieldsOf(entry.kind).filter((name) => hasPlaceholder(entry.fields[name] ?? ''))
      : [];
    const data: KnowledgeAddData = { id, changed, place, toComplete: open };
    const where = `${place.file}:${place.line}`;
    const left = open.length > 0 ? ` Complete ${open.join(', ')}.` : '';
    return {
      status: 'pass',
      summary: changed
        ? `Added ${id}: ${where}.${left}`
        : `${id} is there already: ${where}. Nothing was written.`,
      data,
      artifacts: changed ? [{ kind: 'knowledge', path: place.file }] : [],
      next: [`rearguard knowledge show ${id}`, 'rearguard knowledge check'],
    };
  });
}

async function entryOf(runtime: Runtime, input: KnowledgeInput): Promise<KnowledgeEntry> {
  const entry = withInput(
    input.markdown === undefined ? await startOf(runtime, input) : readOne(input.markdown, today(runtime)),
    input,
  );
  if (entry.title === '') {
    throw new RearguardError('E_USAGE', {
      message: 'An entry needs a title.',
      hint: '`--from <finding>`, `--title`, or the whole entry on stdin.',
    });
  }
  const lacking = lackingFields(entry);
  if (lacking.length === 0) return entry;
  if (input.draft !== true && input.from === undefined) {
    throw invalid(`it lacks ${lacking.join(', ')}; --draft marks them as to be completed`);
  }
  const drafted = lacking.map((name) => [name, toComplete(name.toLowerCase())]);
  return { ...entry, fields: { ...entry.fields, ...Object.fromEntries(drafted) } };
}

async function startOf(runtime: Runtime, input: KnowledgeInput): Promise<KnowledgeEntry> {
  const date = today(runtime);
  const reviewBy = new Date(runtime.clock.wallMs() + REVIEW_AFTER_MS).toISOString().slice(0, 10);
  if (input.from === undefined) {
    const title = oneLine(input.title ?? '');
    return {
      id: knowledgeId(title),
      kind: input.kind ?? 'incident',
      title,
      date,
      author: null,
      reviewBy,
      runId: null,
      matches: { findings: [], patterns: [] },
      fields: {},
      tags: [],
    };
  }
  const store = runtime.openStore();
  const finding = findFinding(store, input.from);
  const facts = await findingFacts(store, runtime.catalog, finding);
  const title = oneLine(input.title ?? finding.title);
  // Titles of findings repeat from subject to subject; the finding's own digits do not.
  const id = `${knowledgeId(title, MAX_DRAFT_ID)}-${finding.fingerprint.slice(0, 8)}`;
  return draftEntry(facts, { id, date, author: null, reviewBy, tags: [] });
}

/** What was given besides counts more than what was drafted or read. */
function withInput(entry: KnowledgeEntry, input: KnowledgeInput): KnowledgeEntry {
  const matches = parseMatches(input.matches ?? [], 1);
  const [problem] = matches.problems;
  if (problem !== undefined) throw invalid(problem.message);
  if (input.reviewBy !== undefined && !isDay(input.reviewBy)) {
    throw invalid(`the review date ${JSON.stringify(oneLine(input.reviewBy))} is no date: 2026-11-28`);
  }
  return {
    ...entry,
    kind: input.kind ?? entry.kind,
    title: oneLine(input.title ?? entry.title),
    author: input.author === undefined ? entry.author : oneLine(input.author),
    reviewBy: input.reviewBy ?? entry.reviewBy,
    tags: [...new Set([...entry.tags, ...(input.tags ?? [])].map(oneLine))],
    matches: {
      findings: [...new Set([...entry.matches.findings, ...matches.findings])],
      patterns: [...entry.matches.patterns, ...matches.patterns],
    },
    fields: { ...entry.fields, ...input.fields },
  };
}

/** The one entry of a text; it may leave out its date. */
function readOne(markdown: string, date: string): KnowledgeEntry {
  const first = parseKnowledge(markdown);
  const [placed] = first.entries;
  if (placed === undefined || first.entries.length > 1) {
    throw invalid(
      `${first.entries.length} entries were given; one begins with "## Backend Issue: …" or "## Backend Pattern: …"`,
    );
  }
  if (first.unclosed !== null) throw invalid(`line ${first.unclosed.line} begins what nothing ends`);
  const dated =
    placed.entry === null && placed.problems.every(({ message }) => message.startsWith('it has no date'))
      ? parseKnowledge(markdown.replace(/^( {0,3}## .*)$/m, `$1\n\n\`${placed.id}\` · ${date}`)).entries[0]
      : placed;
  const [problem] = dated?.problems ?? [];
  if (dated === undefined || dated.entry === null || problem !== undefined) {
    throw invalid(problem === undefined ? 'it cannot be read' : `line ${problem.line}: ${problem.message}`);
  }
  return dated.entry;
}

function invalid(problems: string): RearguardError {
  return new RearguardError('E_KNOWLEDGE_INVALID', { path: 'the new entry', problems });
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00:00Z`));
}

function today(runtime: Runtime): string {
  return new Date(runtime.clock.wallMs()).toISOString().slice(0, 10);
}
