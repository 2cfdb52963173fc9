import { fingerprintOf } from '../../core/fingerprint.ts';
import { escapeMarkdown, fenced, inlineCode } from '../../core/markdown.ts';
import { type Compatibility, compatibilityOf, type OperationChange } from '../../core/openapi/change.ts';
import type { ResponseExample } from '../../core/openapi/response-example.ts';
import { capText } from '../../core/text.ts';

/** One changed operation, and what people who call it want to know. */
export interface ApiUpdate {
  change: OperationChange;
  /** Of the new version; null for one that is gone or has no JSON answer. */
  example: ResponseExample | null;
}

export interface UpdateNotes {
  /** Why; null: whoever knows completes it. */
  reason: string | null;
  /** When it goes live, in words or as a date; null: not said yet. */
  timeline: string | null;
}

const MAX_LINES = 30;
const MAX_EXAMPLE = 1_500;

const SAID: Readonly<Record<Compatibility, string>> = {
  breaking: 'breaking',
  'may-break': 'may break',
  compatible: 'compatible',
};

/** The entry of one operation under the founding document's headings; ends with a line break. */
export function apiUpdateEntry(update: ApiUpdate, notes: UpdateNotes): string {
  const { method, path, changes } = update.change;
  const lines = changes.slice(0, MAX_LINES).map(({ place, what, compatibility }) => {
    const subject = place === 'operation' ? 'It' : inlineCode(place);
    return `- ${subject} ${escapeMarkdown(what)} (${SAID[compatibility]})`;
  });
  const left = changes.length - lines.length;
  return [
    `## API Update: ${escapeMarkdown(`${method} ${path}`)}`,
    markerOf(update.change),
    '**Change**:',
    ...lines,
    ...(left > 0 ? [`- ${left} more; the new document has them all`] : []),
    '',
    `**Reason**: ${notes.reason === null ? 'to be completed by whoever made the change' : escapeMarkdown(notes.reason)}`,
    '',
    ...breakingLines(update.change),
    '',
    ...exampleLines(update),
    '',
    `**Timeline**: ${notes.timeline === null ? 'not said yet' : escapeMarkdown(notes.timeline)}`,
    '',
  ].join('\n');
}

function breakingLines({ changes }: OperationChange): string[] {
  const worst = compatibilityOf(changes);
  const steps = [...new Set(changes.flatMap(({ migration }) => migration ?? []))];
  const plan = steps.slice(0, MAX_LINES).map((step, index) => `${index + 1}. ${escapeMarkdown(step)}`);
  const answer = { breaking: 'Yes', 'may-break': 'For some callers', compatible: 'No' }[worst];
  if (plan.length === 0) return [`**Breaking Change**: ${answer}`];
  return [`**Breaking Change**: ${answer}. Migration plan:`, '', ...plan];
}

function exampleLines({ change, example }: ApiUpdate): string[] {
  if (change.kind === 'removed') return ['**New Response Format**: none, the operation is gone'];
  if (example === null) return ['**New Response Format**: no JSON body is documented'];
  const origin = example.source === 'schema' ? ', made from its schema' : '';
  const json = capText(JSON.stringify(example.value, null, 2), MAX_EXAMPLE);
  return [`**New Response Format** (${escapeMarkdown(example.status)}${origin}):`, '', fenced(json, 'json')];
}

/** By what it says of the API, so that the same change is written once, also after people completed the entry. */
function markerOf({ method, path, changes }: OperationChange): string {
  const hash = fingerprintOf([method, path, ...changes.flatMap(({ place, what }) => [place, what])]);
  return `<!-- api-update ${hash.slice(0, 12)} -->`;
}

/**
 * The document with the entries that it does not have yet, newest first: before the first API update, else at the end. What
 * stands there stays byte for byte.
 */
export function addApiUpdates(
  document: string,
  updates: readonly ApiUpdate[],
  notes: UpdateNotes,
): { text: string; added: number } {
  const missing = updates.filter(({ change }) => !document.includes(markerOf(change)));
  if (missing.length === 0) return { text: document, added: 0 };
  const lineEnd = document.includes('\r\n') ? '\r\n' : '\n';
  const entries = missing
    .map((update) => `${apiUpdateEntry(update, notes)}\n`)
    .join('')
    .replaceAll('\n', lineEnd);
  const first = firstUpdate(document);
  if (first !== null) {
    return { text: document.slice(0, first) + entries + document.slice(first), added: missing.length };
  }
  const gap = document === '' ? '' : document.endsWith(`${lineEnd}${lineEnd}`) ? '' : lineEnd;
  const end = document === '' || document.endsWith('\n') ? gap : lineEnd + lineEnd;
  return { text: document + end + entries.slice(0, -lineEnd.length), added: missing.length };
}

/** Where the first entry begins; a heading inside a fenced block or a comment is none. */
function firstUpdate(document: string): number | null {
  let at = 0;
  let fence: string | null = null;
  let isComment = false;
  for (const line of document.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true) fence = null;
    } else if (isComment) {
      isComment = !line.includes('-->');
    } else if (mark !== undefined) {
      fence = mark;
    } else if (line.startsWith('## API Update:')) {
      return at;
    } else {
      isComment = /<!--(?!.*-->)/.test(line);
    }
    at += line.length + 1;
  }
  return null;
}
