import { oneLine } from '../../core/text.ts';
import type { KnowledgeEntry, KnowledgeProblem } from './entry.ts';

type Facts = Pick<KnowledgeEntry, 'id' | 'date' | 'author' | 'reviewBy' | 'runId' | 'tags'>;

/** Between facts. */
const DOT = ' · ';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `` `kb-orders-without-an-index` · 2026-11-28 · by Ann · review by 2027-05-28 · run 20261128T… · tags index, orders `` */
export function formatFacts(facts: Facts): string {
  return [
    `\`${facts.id}\``,
    facts.date,
    ...(facts.author === null ? [] : [`by ${plainName(facts.author)}`]),
    ...(facts.reviewBy === null ? [] : [`review by ${facts.reviewBy}`]),
    ...(facts.runId === null ? [] : [`run ${plainName(facts.runId)}`]),
    ...(facts.tags.length === 0 ? [] : [`tags ${facts.tags.map(plainTag).join(', ')}`]),
  ].join(DOT);
}

/** A name as it can stand in the line: nothing in it is markup or looks like the next fact. */
export function plainName(text: string): string {
  return oneLine(text.replace(/[`*_<>[\]\\|#·@]/g, ' '));
}

function plainTag(tag: string): string {
  return plainName(tag).replaceAll(',', ' ');
}

/** The first line with an id or a date before the first label. What it does not say is null. */
export function parseFacts(
  lines: readonly string[],
  firstLine: number,
): { [Key in keyof Facts]: Facts[Key] | null } & { tags: string[]; problems: KnowledgeProblem[] } {
  const facts = {
    id: null as string | null,
    date: null as string | null,
    author: null as string | null,
    reviewBy: null as string | null,
    runId: null as string | null,
    tags: [] as string[],
    problems: [] as KnowledgeProblem[],
  };
  const index = lines.findIndex((text) => /^\s*`?(?:kb-[\w-]+`?|\d{4}-\d{2}-\d{2})\s*(?:·|$)/i.test(text));
  if (index < 0) return facts;
  const line = firstLine + index;
  const refuse = (message: string): void => void facts.problems.push({ line, message });
  for (const part of (lines[index] ?? '').split('·').map((text) => text.trim())) {
    const [, word = '', rest = ''] = /^(review by|by|run|tags)\s+(.*)$/i.exec(part) ?? [];
    const id = /^`?(kb-[\w-]+)`?$/i.exec(part)?.[1];
    if (id !== undefined) {
      if (/^kb-[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) facts.id = id;
      else refuse(`the id ${id} has other characters than small letters, digits and single hyphens`);
    } else if (DAY.test(part)) facts.date = part;
    else if (word.toLowerCase() === 'by') facts.author = rest.trim();
    else if (word.toLowerCase() === 'review by') facts.reviewBy = rest.trim();
    else if (word.toLowerCase() === 'run') facts.runId = rest.replaceAll('`', '').trim();
    else if (word.toLowerCase() === 'tags')
      facts.tags = rest
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean);
    else if (part !== '')
      refuse(`“${part.slice(0, 60)}” is no fact of an entry: id, date, by, review by, run, tags`);
  }
  for (const [name, value] of [
    ['date', facts.date],
    ['date of its review', facts.reviewBy],
  ] as const) {
    if (value !== null && !isDay(value)) refuse(`its ${name} ${value.slice(0, 40)} is no date: 2026-11-28`);
  }
  if (facts.date === null) refuse('it has no date: 2026-11-28');
  return facts;
}

function isDay(text: string): boolean {
  const atMs = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(text);
}
