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

/** Reads a file once, from one telling character to the next; never throws, whatever the file holds. */
export function scanSource(path: string, text: string, syntax: Syntax): Source {
  const comments: Blank[] = [];
  const strings: Blank[] = [];
  // Depths of braces at which a template goes on behind its expression.
  const templates: number[] = [];
  const telling = tellingCharacters(syntax);
  let depth = 0;
  let at = 0;
  for (;;) {
    telling.lastIndex = at;
    const next = telling.exec(text);
    if (next === null) break;
    at = next.index;
    const commentEnd = endOfComment(text, at, syntax);
    if (commentEnd !== null) {
      comments.push({ from: at, to: commentEnd });
      at = commentEnd;
      continue;
    }
    const char = next[0];
    const isTemplateEnd = char === '}' && templates.at(-1) === depth;
    if (isTemplateEnd) templates.pop();
    const quote = isTemplateEnd ? '`' : syntax.strings.find((delimiter) => text.startsWith(delimiter, at));
    if (quote !== undefined) {
      const from = at + (isTemplateEnd ? 1 : quote.length);
      const { end, opensExpression } = endOfString(text, from, quote, syntax);
      strings.push({ from, to: end });
      if (opensExpression) templates.push(depth);
      at = end + (opensExpression ? 2 : quote.length);
      continue;
    }
    const end =
      char === '/' && mayBeginExpression(text, at, comments) ? endOfRegularExpression(text, at) : null;
    if (end !== null) strings.push({ from: at + 1, to: end - 1 });
    if (char === '{') depth += 1;
    if (char === '}' && !isTemplateEnd) depth -= 1;
    at = end ?? at + 1;
  }
  const code = blanked(text, comments);
  return { path, text, code, mask: blanked(code, strings) };
}

interface Blank {
  from: number;
  to: number;
}

/** Lines stay lines. */
function blanked(text: string, blanks: readonly Blank[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of blanks) {
    parts.push(text.slice(at, from), text.slice(from, to).replace(/[^\n]/g, ' '));
    at = to;
  }
  return [...parts, text.slice(at)].join('');
}

/** Where comments, strings and braces may begin. */
function tellingCharacters({ lineComments, blockComments, strings }: Syntax): RegExp {
  const first = [...lineComments, ...blockComments.map(([open]) => open), ...strings].map(
    (text) => text[0] ?? '',
  );
  return new RegExp(`[${[...new Set([...first, '/', '{', '}'])].map((char) => `\\${char}`).join('')}]`, 'g');
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

/** Whether a `/` at this place can begin a value: what stands before it, comments left out, decides. */
function mayBeginExpression(text: string, at: number, comments: readonly Blank[]): boolean {
  let before = at - 1;
  let comment = comments.length - 1;
  while (before >= 0) {
    if (comments[comment]?.to === before + 1) {
      before = (comments[comment]?.from ?? 0) - 1;
      comment -= 1;
    } else if (/\s/.test(text[before] ?? '')) before -= 1;
    else break;
  }
  if (before < 0 || /[(,=:[!&|?{};+\-*%~^<>]/.test(text[before] ?? '')) return true;
  return KEYWORD_BEFORE.test(text.slice(Math.max(0, before - 10), before + 1));
}

/** Longer ones stand in libraries; without a bound, a line of slashes that begin none is read again from each of them. */
const MAX_EXPRESSION_LENGTH = 1_000;

function endOfRegularExpression(text: string, from: number): number | null {
  let inClass = false;
  const end = Math.min(text.length, from + MAX_EXPRESSION_LENGTH);
  for (let at = from + 1; at < end && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') inClass = true;
    else if (text[at] === ']') inClass = false;
    else if (text[at] === '/' && !inClass) return at + 1;
  }
  return null;
}

const LINE_ENDS = new WeakMap<Pick<Source, 'text'>, readonly number[]>();

/** One-based line of an offset. */
export function lineAt(source: Pick<Source, 'text'>, offset: number): number {
  const known = LINE_ENDS.get(source);
  const ends = known ?? [...source.text.matchAll(/\n/g)].map(({ index }) => index);
  if (known === undefined) LINE_ENDS.set(source, ends);
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** `src/app.ts:12` */
export function placeOf(source: Source, offset: number): string {
  return `${source.path}:${lineAt(source, offset)}`;
}
