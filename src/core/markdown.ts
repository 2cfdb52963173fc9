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

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
