import { withoutCodeSpans } from '../../../core/markdown.ts';
import type { DocumentLine } from '../../regions.ts';

/** A link to a file, with its line. */
export interface FileLink {
  line: number;
  /** As written. */
  target: string;
  /** Relative to the document, decoded, without what follows `#` or `?`. */
  path: string;
}

const LINK = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g;

/** Links of the document that lead to files; those to the web, to mail and within the document are none. */
export function fileLinks(lines: readonly DocumentLine[]): FileLink[] {
  return lines
    .filter(({ isCode }) => !isCode)
    .flatMap(({ line, content }) =>
      [...withoutCodeSpans(content).matchAll(LINK)].flatMap(([, inline, reference]) => {
        const target = inline ?? reference ?? '';
        if (target.startsWith('#') || target.startsWith('//') || /^[a-z][a-z0-9+.-]*:/i.test(target))
          return [];
        const path = decoded(target.replace(/[#?].*$/, ''));
        return path === '' ? [] : [{ line, target, path }];
      }),
    );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
