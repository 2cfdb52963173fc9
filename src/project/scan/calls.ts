import type { Source } from './source.ts';

/** A stretch of a file. */
export interface Span {
  from: number;
  to: number;
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Offset of the bracket that closes the first one at or behind `open`; the end of the file where it is never closed. */
export function closingBracket(source: Source, open: number): number {
  const { opens, closes } = bracketsOf(source);
  let [low, high] = [0, opens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((opens[middle] ?? 0) < open) low = middle + 1;
    else high = middle;
  }
  return closes[low] ?? source.mask.length;
}

/** Offsets in the order of the file: `closes[n]` closes `opens[n]`. */
interface Brackets {
  opens: readonly number[];
  closes: readonly number[];
}

const BRACKETS = new WeakMap<Source, Brackets>();

/** All pairs of a file at once: to look for the end of each bracket by itself takes minutes where a file nests deeply. */
function bracketsOf(source: Source): Brackets {
  const known = BRACKETS.get(source);
  if (known !== undefined) return known;
  const { mask } = source;
  const opens: number[] = [];
  const closes: number[] = [];
  const open: { index: number; close: string }[] = [];
  for (const match of mask.matchAll(/[()[\]{}]/g)) {
    const close = CLOSES[match[0]];
    if (close !== undefined) {
      open.push({ index: opens.length, close });
      opens.push(match.index);
      closes.push(mask.length);
    } else if (open.at(-1)?.close === match[0]) closes[open.pop()?.index ?? 0] = match.index;
  }
  const made = { opens, closes };
  BRACKETS.set(source, made);
  return made;
}

/** The parts between a bracket and its end, split at the commas of its own level; empty ones are left out. */
export function splitArguments(source: Source, open: number): Span[] {
  const end = closingBracket(source, open);
  const parts: Span[] = [];
  let from = open + 1;
  for (let at = open + 1; at <= end; at += 1) {
    const char = source.mask[at] ?? '';
    if (at < end && CLOSES[char] !== undefined) {
      at = closingBracket(source, at);
      continue;
    }
    if (char !== ',' && at !== end) continue;
    const part = trimmed(source, { from, to: at });
    if (part.to > part.from) parts.push(part);
    from = at + 1;
  }
  return parts;
}

/** Longer than any that is read; the rest of a file that never ends one is not looked through for each. */
const MAX_EXPRESSION_LENGTH = 500;

/** An expression from its beginning on: up to the comma, the semicolon or the bracket that ends it. */
export function expressionAt(source: Source, from: number): Span {
  const end = Math.min(source.mask.length, from + MAX_EXPRESSION_LENGTH);
  for (let at = from; at < end; at += 1) {
    const char = source.mask[at] ?? '';
    if (CLOSES[char] !== undefined) at = closingBracket(source, at);
    else if (/[,;)\]}]/.test(char)) return trimmed(source, { from, to: at });
  }
  return trimmed(source, { from, to: end });
}

export function trimmed(source: Source, { from, to }: Span): Span {
  const text = source.code.slice(from, to);
  return {
    from: from + (text.length - text.trimStart().length),
    to: to - (text.length - text.trimEnd().length),
  };
}

export function textOf(source: Source, { from, to }: Span): string {
  return source.code.slice(from, to);
}

/** Each call whose beginning, up to and with its `(`, matches; `pattern` must be global and end in `\(`. */
export function* callsOf(
  source: Source,
  pattern: RegExp,
): Generator<{ match: RegExpExecArray; open: number }> {
  for (const match of source.mask.matchAll(pattern)) {
    yield { match, open: match.index + match[0].length - 1 };
  }
}

/** What `key` holds in an object literal, from its `{` on; null when it is not there. */
export function propertyOf(source: Source, object: Span, key: string): Span | null {
  if (source.mask[object.from] !== '{') return null;
  for (const part of splitArguments(source, object.from)) {
    const text = textOf(source, part);
    const head = /^(?:["']?([\w$-]+)["']?)\s*(?::|$)/.exec(text);
    if (head?.[1] !== key) continue;
    const from = part.from + head[0].length;
    const space = source.code.slice(from, part.to).search(/\S|$/);
    return text.includes(':') ? { from: from + space, to: part.to } : part;
  }
  return null;
}
