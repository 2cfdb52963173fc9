import { escapeMarkdown } from '../../core/markdown.ts';
import { fieldsOf, type KnowledgeEntry } from './entry.ts';
import { formatFacts } from './facts-line.ts';
import { formatMatches } from './matches-line.ts';
import { isKnowledgeLabel } from './parse.ts';
import { fieldText } from './words.ts';

/** An entry as it stands in the file, with a line end behind it. Headings that say nothing are left out. */
export function formatEntry(entry: KnowledgeEntry): string {
  const { kind, title, matches, fields } = entry;
  const matched = formatMatches(matches);
  return `${[
    `## Backend ${kind === 'incident' ? 'Issue' : 'Pattern'}: ${escapeMarkdown(title)}`,
    '',
    formatFacts(entry),
    ...(matched === '' ? [] : ['', `**Matches**: ${matched}`]),
    ...fieldsOf(kind).flatMap((name) => {
      const text = fieldText(fields[name] ?? '', isKnowledgeLabel);
      return text === '' ? [] : ['', `**${name}**:${startsBlock(text) ? '\n' : ' '}${text}`];
    }),
  ].join('\n')}\n`;
}

/** A list, code or a table begins on a line of its own. */
function startsBlock(text: string): boolean {
  return /^(?:\s*(?:[-*+]|\d+[.)])\s|\s*(?:`{3,}|~{3,})|\||>|#)/.test(text);
}

/** The text with one entry more, behind everything that is there, which stays as it is. */
export function appendEntry(text: string, entry: KnowledgeEntry): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const gap =
    text === '' || text === '\uFEFF' || /(?:\r?\n){2}$/.test(text)
      ? ''
      : text.endsWith('\n')
        ? lineEnd
        : lineEnd + lineEnd;
  return text + gap + formatEntry(entry).replaceAll('\n', lineEnd);
}
