import { escapeMarkdown, inlineCode } from '../../core/markdown.ts';
import { capText, oneLine } from '../../core/text.ts';

/** Text of somebody else in a line of ours. */
export function plain(text: string, max: number): string {
  return escapeMarkdown(capText(oneLine(text), max));
}

/** A name, path or command as code; a bar in it would end the cell of a table. */
export function code(text: string, max: number): string {
  return inlineCode(capText(oneLine(text).replaceAll('|', '%7C'), max));
}

/** `a, b and 3 more` */
export function listOf(shown: readonly string[], max: number): string {
  const left = shown.length - max;
  return left > 0 ? `${shown.slice(0, max).join(', ')} and ${left} more` : shown.join(', ');
}

/** Code of a cell or line that `code` wrote, as text again. */
export function codeIn(cell: string): string | null {
  const [, , text] = /^(`+) ?(.*?) ?\1$/.exec(cell.trim()) ?? [];
  return text ?? null;
}
