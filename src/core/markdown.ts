import { oneLine } from './text.ts';

/** Words of somebody else in a Markdown file or message of ours. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  '#': '&#35;',
  '|': '&#124;',
};

/** Text as text: no markup, mention, reference or link comes out of it, and it stays on its line. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[&<>@#|]/g, (char) => ENTITIES[char] ?? char)
    .replace(/[\\`*_[\]!~$]/g, '\\$&')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s)/, '$1\\$2')
    .replaceAll('://', ':&#47;&#47;')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}&#46;`);
}

/** Inline code whose fence is longer than any run of backticks inside. */
export function inlineCode(text: string): string {
  const clean = oneLine(text);
  const fence = '`'.repeat(longestRun(clean) + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** A fenced block that nothing inside can close. */
export function fenced(text: string, language = 'text'): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

export interface CodeSpan {
  /** Where its first backtick stands, and where the text behind its last one begins. */
  from: number;
  to: number;
  /** Between its backticks, as written. */
  content: string;
}

/**
 * Code spans of a text: a run of backticks, closed by the next run of as many (https://spec.commonmark.org/0.31.2/#code-spans). Takes time in
 * proportion to the length, whatever is written.
 */
export function codeSpans(text: string): CodeSpan[] {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: run, index }) => ({ index, length: run.length }));
  const later = new Map<number, number>();
  const closers = runs.map((): number | undefined => undefined);
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const { length = 0 } = runs[at] ?? {};
    closers[at] = later.get(length);
    later.set(length, at);
  }
  const spans: CodeSpan[] = [];
  for (let at = 0; at < runs.length; at += 1) {
    const [opener, closer] = [runs[at], runs[closers[at] ?? -1]];
    if (opener === undefined || closer === undefined) continue;
    const content = text.slice(opener.index + opener.length, closer.index);
    spans.push({ from: opener.index, to: closer.index + closer.length, content });
    at = closers[at] ?? at;
  }
  return spans;
}

export function withoutCodeSpans(text: string): string {
  const spans = codeSpans(text);
  return [...spans, { from: text.length }]
    .map(({ from }, index) => text.slice(spans[index - 1]?.to ?? 0, from))
    .join('');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
