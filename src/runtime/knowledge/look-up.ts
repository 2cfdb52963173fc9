import { counted } from '../../core/counted.ts';
import { RearguardError } from '../../core/errors.ts';
import { nearestName } from '../../core/suggest.ts';
import { fieldsOf } from '../../workspace/knowledge/entry.ts';
import { formatEntry } from '../../workspace/knowledge/format.ts';
import { matchKnowledge } from '../../workspace/knowledge/match.ts';
import type { PlacedEntry } from '../../workspace/knowledge/parse.ts';
import { validateKnowledge } from '../../workspace/knowledge/validate.ts';
import { firstWords } from '../../workspace/knowledge/words.ts';
import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import type { KnowledgeCheckData, KnowledgeSearchData, KnowledgeShowData } from './data.ts';
import { knownTools } from './known-tools.ts';
import { KNOWLEDGE_FILE, knowledgePlace, requireKnowledge } from './read.ts';

/** Entries with these words, best first; without words every entry, newest first. Ends with E_WORKSPACE_MISSING. */
export function searchInKnowledge(
  runtime: Runtime,
  { words = '', limit = 10 }: { words?: string | undefined; limit?: number | undefined },
): Promise<RunResult> {
  return ownCommand(runtime, 'knowledge search', async () => {
    const { entries } = await requireKnowledge(runtime.config);
    const all = words.trim() === '' ? listed(entries) : await found(entries, words);
    const hits = all.slice(0, limit);
    const data: KnowledgeSearchData = { words, total: all.length, hits };
    const left = all.length - hits.length;
    return {
      status: 'pass',
      summary:
        all.length === 0 && words.trim() !== '' && entries.length > 0
          ? `None of ${counted(entries.length, 'entry', 'entries')} has these words.`
          : `${counted(all.length, 'entry', 'entries')}${left > 0 ? `, ${hits.length} of them here` : ''}.`,
      sections:
        hits.length === 0
          ? []
          : [
              {
                kind: 'table',
                columns: ['entry', 'date', 'title', 'where', ''].map((header) => ({ header })),
                rows: hits.map((hit) => [hit.id, hit.date, hit.title, `line ${hit.place.line}`, hit.snippet]),
                ...(left > 0 ? { omitted: left } : {}),
              },
            ],
      data,
      next: hits.slice(0, 1).map(({ id }) => `rearguard knowledge show ${id}`),
    };
  });
}

type Hit = KnowledgeSearchData['hits'][number];

async function found(entries: readonly PlacedEntry[], words: string): Promise<Hit[]> {
  const { searchKnowledge } = await import('../../workspace/knowledge/search.ts');
  return searchKnowledge(entries, words).map(({ placed, score, line, field, snippet }) => ({
    id: placed.id,
    title: placed.title,
    date: placed.entry?.date ?? null,
    score,
    field,
    snippet,
    place: knowledgePlace(line),
  }));
}

function listed(entries: readonly PlacedEntry[]): Hit[] {
  return entries
    .toSorted((a, b) => (b.entry?.date ?? '').localeCompare(a.entry?.date ?? '') || a.line - b.line)
    .map(({ id, title, entry, line, fields }) => ({
      id,
      title,
      date: entry?.date ?? null,
      score: null,
      field: 'Title',
      snippet: firstWords(fields.Solution ?? fields['Solution Authority'] ?? '', 200),
      place: knowledgePlace(line),
    }));
}

/** One entry whole, by its id or an unambiguous beginning of it. Ends with E_KNOWLEDGE_UNKNOWN. */
export function showKnowledge(runtime: Runtime, id: string): Promise<RunResult> {
  return ownCommand(runtime, 'knowledge show', async () => {
    const { entries } = await requireKnowledge(runtime.config);
    const placed = findEntry(entries, id);
    const { entry } = placed;
    if (entry === null) {
      const [problem] = placed.problems;
      throw new RearguardError('E_KNOWLEDGE_INVALID', {
        path: `${KNOWLEDGE_FILE}:${problem?.line ?? placed.line}`,
        problems: problem?.message ?? 'it cannot be read',
      });
    }
    const open = runtime.openStore().findings.list({ states: ['new', 'ongoing', 'regressed'] });
    const findings = open
      .filter((finding) => matchKnowledge([entry], finding).length > 0)
      .map((finding) => finding.id);
    const place = knowledgePlace(placed.line);
    const data: KnowledgeShowData = { entry, markdown: formatEntry(entry), place, findings };
    return {
      status: 'pass',
      summary: `${entry.id}: ${entry.title} (${place.file}:${place.line})${findings.length > 0 ? `; it fits ${findings.join(', ')}, which stand now` : ''}.`,
      sections: fieldsOf(entry.kind).flatMap((title) => {
        const text = entry.fields[title] ?? '';
        return text === '' ? [] : [{ kind: 'text' as const, title, text, untrusted: true }];
      }),
      data,
      next: findings.map((finding) => `rearguard findings show ${finding}`).slice(0, 3),
    };
  });
}

function findEntry(entries: readonly PlacedEntry[], id: string): PlacedEntry {
  const exact = entries.find((placed) => placed.id === id);
  if (exact !== undefined) return exact;
  const alike = entries.filter((placed) => placed.id.startsWith(id) || placed.id.startsWith(`kb-${id}`));
  const [only] = alike;
  if (only !== undefined && alike.length === 1) return only;
  const ids = entries.map((placed) => placed.id);
  const nearest =
    only === undefined
      ? nearestName(id, ids)
      : alike
          .slice(0, 5)
          .map((placed) => placed.id)
          .join(', ');
  throw new RearguardError('E_KNOWLEDGE_UNKNOWN', {
    id,
    nearest: nearest === undefined ? '' : ` Did you mean ${nearest}?`,
  });
}

/** Whether every entry is whole and still true as far as that can be told: exit 1 with each line that is not. */
export function checkKnowledge(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'knowledge check', async () => {
    const book = await requireKnowledge(runtime.config);
    const today = new Date(runtime.clock.wallMs()).toISOString().slice(0, 10);
    const problems = validateKnowledge(book, await knownTools(runtime.catalog, book), today);
    const data: KnowledgeCheckData = { file: KNOWLEDGE_FILE, entries: book.entries.length, problems };
    const count = counted(book.entries.length, 'entry', 'entries');
    return {
      status: problems.length > 0 ? 'fail' : 'pass',
      summary:
        problems.length === 0
          ? `${count}, and nothing is missing.`
          : `${counted(problems.length, 'line')} of ${KNOWLEDGE_FILE} to see to, ${count} in all.`,
      sections:
        problems.length === 0
          ? []
          : [
              {
                kind: 'table',
                columns: [{ header: 'line', align: 'right' }, { header: 'entry' }, { header: '' }],
                rows: problems.map(({ line, id, message }) => [line, id, message]),
              },
            ],
      data,
      next: problems.length > 0 ? ['rearguard knowledge check'] : [],
    };
  });
}
