import { withoutCodeSpans } from '../core/markdown.ts';

/** One line of a Markdown text, as far as its structure goes. */
export interface MarkdownLine {
  /** From 1. */
  line: number;
  /** Where it begins in the text, and where the one after does. */
  from: number;
  next: number;
  /** Without its line end. */
  content: string;
  /** text: what can be a heading or a label; code and comment: what merely shows one. */
  kind: 'text' | 'code' | 'comment';
  /** The line that opens or closes a block of code. */
  isFence: boolean;
}

export interface MarkdownLines {
  lines: MarkdownLine[];
  /** Line of a fence or comment that nothing closes: whatever is appended would stand inside. */
  unclosed: { line: number; kind: 'code' | 'comment' } | null;
}

/**
 * Fences count however far they are indented, for they stand in lists, too. A byte order mark belongs to no line.
 */
export function markdownLines(text: string): MarkdownLines {
  const lines: MarkdownLine[] = [];
  let fence: { mark: string; line: number } | null = null;
  let comment: number | null = null;
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  for (const [index, whole] of text.slice(from).split('\n').entries()) {
    const line = index + 1;
    const content = whole.replace(/\r$/, '');
    const next = Math.min(text.length, from + whole.length + 1);
    let kind: MarkdownLine['kind'] = 'text';
    let isFence = false;
    if (fence !== null) {
      kind = 'code';
      isFence = closes(content, fence.mark);
      if (isFence) fence = null;
    } else if (comment !== null) {
      kind = 'comment';
      if (content.includes('-->')) comment = null;
    } else {
      const mark = openingFence(content);
      if (mark !== null) {
        kind = 'code';
        isFence = true;
        fence = { mark, line };
      } else if (opensComment(content)) {
        // Text may stand before it; a heading or a label does not begin inside.
        kind = content.trimStart().startsWith('<!--') ? 'comment' : 'text';
        comment = line;
      }
    }
    lines.push({ line, from, next, content, kind, isFence });
    from = next;
  }
  const unclosed =
    fence === null
      ? comment === null
        ? null
        : { line: comment, kind: 'comment' as const }
      : { line: fence.line, kind: 'code' as const };
  return { lines, unclosed };
}

/** The mark of a fence that this line opens. */
function openingFence(content: string): string | null {
  const [, mark, info = ''] = /^\s*(?:[-*+] +|\d{1,9}[.)] +)*(`{3,}|~{3,})(.*)$/.exec(content) ?? [];
  // Backticks in the info string: inline code that begins a line.
  return mark === undefined || (mark.startsWith('`') && info.includes('`')) ? null : mark;
}

function closes(content: string, mark: string): boolean {
  const trimmed = content.trim();
  return trimmed.startsWith(mark) && trimmed === (mark[0] ?? '').repeat(trimmed.length);
}

function opensComment(content: string): boolean {
  const visible = withoutCodeSpans(content);
  const opened = visible.lastIndexOf('<!--');
  return opened >= 0 && !visible.slice(opened).includes('-->');
}
