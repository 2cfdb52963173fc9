/** How a language writes what is not code. */
export interface Syntax {
  /** Beginnings of comments that end with the line. */
  lineComments: readonly string[];
  blockComments: readonly (readonly [open: string, close: string])[];
  /** Delimiters of strings, longest first; those of `multiline` may hold line breaks. */
  strings: readonly string[];
  multiline: readonly string[];
  /** Strings in which a backslash is a backslash (Go's backquotes). */
  raw?: readonly string[];
  /** `${ … }` within backquotes is code again. */
  templates?: boolean;
  /** A `/` that cannot divide begins a regular expression. */
  regularExpressions?: boolean;
}

/** One file of code, with two views of the same length: offsets hold in all three. */
export interface Source {
  /** From the root, with slashes. */
  path: string;
  text: string;
  /** Comments are blanks. */
  code: string;
  /** Comments and what stands between quotation marks are blanks: what is found here is code. */
  mask: string;
}

/** Reads a file once, character by character; never throws, whatever the file holds. */
export function scanSource(path: string, text: string, syntax: Syntax): Source {
  const code = text.split('');
  const mask = text.split('');
  const blank = (view: string[], from: number, to: number): void => {
    for (let at = from; at < Math.min(to, text.length); at += 1) if (text[at] !== '\n') view[at] = ' ';
  };
  // Depths of braces at which a template goes on behind its expression.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const commentEnd = endOfComment(text, at, syntax);
    if (commentEnd !== null) {
      blank(code, at, commentEnd);
      blank(mask, at, commentEnd);
      at = commentEnd;
      continue;
    }
    const char = text[at] ?? '';
    const isTemplateEnd = char === '}' && templates.at(-1) === depth;
    if (isTemplateEnd) templates.pop();
    const quote = isTemplateEnd ? '`' : syntax.strings.find((delimiter) => text.startsWith(delimiter, at));
    if (quote !== undefined) {
      const from = at + (isTemplateEnd ? 1 : quote.length);
      const { end, opensExpression } = endOfString(text, from, quote, syntax);
      blank(mask, from, end);
      if (opensExpression) templates.push(depth);
      at = end + (opensExpression ? 2 : quote.length);
      continue;
    }
    if (char === '/' && syntax.regularExpressions === true && mayBeginExpression(mask, at)) {
      const end = endOfRegularExpression(text, at);
      if (end !== null) {
        blank(mask, at + 1, end - 1);
        at = end;
        continue;
      }
    }
    if (char === '{') depth += 1;
    if (char === '}' && !isTemplateEnd) depth -= 1;
    at += 1;
  }
  return { path, text, code: code.join(''), mask: mask.join('') };
}

function endOfComment(text: string, at: number, syntax: Syntax): number | null {
  if (syntax.lineComments.some((open) => text.startsWith(open, at))) {
    const end = text.indexOf('\n', at);
    return end === -1 ? text.length : end;
  }
  const block = syntax.blockComments.find(([open]) => text.startsWith(open, at));
  if (block === undefined) return null;
  const end = text.indexOf(block[1], at + block[0].length);
  return end === -1 ? text.length : end + block[1].length;
}

function endOfString(
  text: string,
  from: number,
  quote: string,
  syntax: Syntax,
): { end: number; opensExpression: boolean } {
  const isMultiline = syntax.multiline.includes(quote);
  const isRaw = syntax.raw?.includes(quote) === true;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\' && !isRaw) at += 1;
    else if (text.startsWith(quote, at)) return { end: at, opensExpression: false };
    // A string that ends with its line was none: an apostrophe in JSX, say.
    else if (text[at] === '\n' && !isMultiline) return { end: at, opensExpression: false };
    else if (syntax.templates === true && quote === '`' && text.startsWith('${', at))
      return { end: at, opensExpression: true };
  }
  return { end: text.length, opensExpression: false };
}

const KEYWORD_BEFORE = /\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

function mayBeginExpression(mask: readonly string[], at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(mask[before] ?? '')) before -= 1;
  if (before < 0 || /[(,=:[!&|?{};+\-*%~^<>]/.test(mask[before] ?? '')) return true;
  return KEYWORD_BEFORE.test(mask.slice(Math.max(0, before - 10), before + 1).join(''));
}

function endOfRegularExpression(text: string, from: number): number | null {
  let inClass = false;
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return null;
}

/** One-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** `src/app.ts:12` */
export function placeOf(source: Source, offset: number): string {
  return `${source.path}:${lineAt(source.text, offset)}`;
}
