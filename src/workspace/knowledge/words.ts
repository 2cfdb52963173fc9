import { capText, oneLine } from '../../core/text.ts';
import { fingerprintOf } from '../../core/fingerprint.ts';
import { markdownLines } from '../markdown-lines.ts';

const MAX_ID = 60;
/** `- **Root Cause**: text`, `**Root Cause:** text` */
const LABEL = /^\s*(?:[-*+] +)?\*\*([^*:]{1,40}?)(?:\*\*\s*:|:\s*\*\*)[ \t]*(.*)$/;

/** A bold label that begins a line, and what stands behind it. */
export function labelOf(content: string): { name: string; rest: string } | null {
  const match = LABEL.exec(content);
  return match === null ? null : { name: (match[1] ?? '').trim(), rest: match[2] ?? '' };
}

/** What `escapeMarkdown` made of a text, and what people escape by hand, as it reads. */
export function unescapeMarkdown(text: string): string {
  return text.replace(
    /\\([!-/:-@[-`{-~])|&(amp|lt|gt|#64|#35|#124|#47|#46);/g,
    (_, char: string | undefined, entity: string | undefined) => char ?? ENTITIES[entity ?? ''] ?? '',
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  '#64': '@',
  '#35': '#',
  '#124': '|',
  '#47': '/',
  '#46': '.',
};

/** `kb-` and the title's first words; a title without Latin letters is known by its hash. */
export function knowledgeId(title: string, maxLength = MAX_ID): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '');
  return `kb-${words === '' ? fingerprintOf([title]).slice(0, 8) : words}`;
}

/**
 * Text of a field as it can stand in an entry: none of its lines is taken for a heading of the file or the label of another
 * field, and every fence it opens is closed. What is in code stays as it is.
 */
export function fieldText(text: string, isLabel: (name: string) => boolean): string {
  const clean = text.replace(/\r\n?/g, '\n').replaceAll('<!--', '&lt;!--').trim();
  const { lines, unclosed } = markdownLines(clean);
  const harmless = lines.map(({ content, kind }) => {
    if (kind !== 'text') return content;
    if (/^ {0,3}#{1,2}(?:\s|$)/.test(content)) return content.replace('#', '\\#');
    const label = labelOf(content);
    return label !== null && isLabel(label.name) ? content.replace('**', '\\**') : content;
  });
  const opened = unclosed === null ? '' : (lines[unclosed.line - 1]?.content ?? '');
  const mark = /`{3,}|~{3,}/.exec(opened)?.[0];
  return [...harmless, ...(mark === undefined ? [] : [mark])].join('\n').trimEnd();
}

/** The first thing that a Markdown text says, on one line. */
export function firstWords(text: string, max: number): string {
  const { lines } = markdownLines(text);
  const said = lines.filter(({ kind }) => kind === 'text').map(({ content }) => content);
  return capText(
    oneLine(
      said
        .join('\n')
        .trim()
        .split(/\n\s*\n/)[0] ?? '',
    ),
    max,
  );
}
