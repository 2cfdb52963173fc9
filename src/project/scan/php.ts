import { closingBracket, type Span, splitArguments, textOf } from './calls.ts';
import { textValue } from './javascript.ts';
import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['//', '#'],
  blockComments: [['/*', '*/']],
  strings: ['"', "'"],
  multiline: ['"', "'"],
};

export function isPhp(path: string): boolean {
  return path.endsWith('.php') && !path.endsWith('.blade.php');
}

export function scanPhp(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

/** The text of a literal; null of anything else, and of one with variables in it. */
export function phpText(expression: string): string | null {
  const text = textValue(expression, new Map());
  return text === null || (expression.trim().startsWith('"') && text.includes('$')) ? null : text;
}

export interface PhpCall {
  name: string;
  offset: number;
  arguments: readonly Span[];
}

/** `prefix('v1')->middleware('auth')->group(…)`: the calls of a chain from the first name on, and where it ends. */
export function phpChainAt(source: Source, from: number): { calls: PhpCall[]; to: number } {
  const calls: PhpCall[] = [];
  let at = from;
  for (;;) {
    const [head, name = ''] = /^\s*(\w+)\s*\(/.exec(source.mask.slice(at, at + 300)) ?? [];
    if (head === undefined) break;
    const open = at + head.length - 1;
    calls.push({ name, offset: at, arguments: splitArguments(source, open) });
    at = closingBracket(source, open) + 1;
    const arrow = /^\s*\??->/.exec(source.mask.slice(at, at + 300))?.[0];
    if (arrow === undefined) break;
    at += arrow.length;
  }
  return { calls, to: at };
}

/** What `key` holds in an array: `['prefix' => 'admin']`. */
export function phpEntry(source: Source, array: Span, key: string): Span | null {
  if (source.mask[array.from] !== '[') return null;
  for (const part of splitArguments(source, array.from)) {
    const head = new RegExp(`^["']${key}["']\\s*=>\\s*`).exec(textOf(source, part))?.[0];
    if (head !== undefined) return { from: part.from + head.length, to: part.to };
  }
  return null;
}

/** The parts of an array or the one value that stands in its place. */
export function phpList(source: Source, span: Span): Span[] {
  return source.mask[span.from] === '[' ? splitArguments(source, span.from) : [span];
}

/** The body of `function () { … }`; null of anything else. */
export function phpClosure(source: Source, span: Span): Span | null {
  if (!/^(?:static\s+)?function\b/.test(source.mask.slice(span.from, span.to))) return null;
  const open = source.mask.indexOf('{', span.from);
  return open === -1 || open > span.to ? null : { from: open, to: closingBracket(source, open) };
}
