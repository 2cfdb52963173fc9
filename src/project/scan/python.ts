import type { Span } from './calls.ts';
import { closingBracket } from './calls.ts';
import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['#'],
  blockComments: [],
  strings: ['"""', "'''", '"', "'"],
  multiline: ['"""', "'''"],
};

export function isPython(path: string): boolean {
  return path.endsWith('.py');
}

export function scanPython(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

/** A function or class with what stands above and in it. */
export interface Definition {
  kind: 'def' | 'class';
  name: string;
  /** Where the first decorator begins, else the definition itself. */
  offset: number;
  decorators: readonly Span[];
  /** What stands between its parentheses: parameters, or base classes. */
  head: Span;
  /** From behind the colon to the next line that is indented no deeper. */
  body: Span;
  indent: number;
}

/** Every framework and every view asks again. */
const KNOWN = new WeakMap<Source, readonly Definition[]>();

export function definitionsIn(source: Source): readonly Definition[] {
  const known = KNOWN.get(source) ?? readDefinitions(source);
  KNOWN.set(source, known);
  return known;
}

function readDefinitions(source: Source): Definition[] {
  const definitions: Definition[] = [];
  for (const match of source.mask.matchAll(/^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)/gm)) {
    const [whole, indent = '', kind, name = ''] = match;
    const after = match.index + whole.length;
    const open = /^\s*(?:\[[^\]]*\])?\s*\(/.exec(source.mask.slice(after, after + 300))?.[0];
    const end = open === undefined ? after : closingBracket(source, after + open.length - 1);
    const colon = source.mask.indexOf(':', end);
    const from = colon === -1 ? source.mask.length : colon + 1;
    const decorators = decoratorsAbove(source, match.index, indent);
    definitions.push({
      kind: kind === 'class' ? 'class' : 'def',
      name,
      offset: decorators[0]?.from ?? match.index,
      decorators,
      head: { from: open === undefined ? after : after + open.length, to: end },
      body: { from, to: endOfBlock(source, from, indent.length) },
      indent: indent.length,
    });
  }
  return definitions;
}

/** Upwards from a definition; a decorator may span lines, so its beginning is looked for, not its end. */
function decoratorsAbove(source: Source, at: number, indent: string): Span[] {
  const decorators: Span[] = [];
  let end = at;
  for (;;) {
    const before = source.mask.slice(Math.max(0, end - 4_000), end);
    // A decorator is one line, or ends with a bracket: above most functions there is none.
    const above = before.trimEnd();
    const line = above.slice(above.lastIndexOf('\n') + 1).trimStart();
    if (!line.startsWith('@') && !line.endsWith(')')) return decorators;
    const starts = [...before.matchAll(/^([ \t]*)@[\w.]+[ \t]*(\()?/gm)].filter(
      (match) => match[1] === indent,
    );
    const last = starts.at(-1);
    if (last === undefined) return decorators;
    const from = Math.max(0, end - 4_000) + last.index + indent.length;
    const close =
      last[2] === undefined
        ? from + last[0].trim().length
        : closingBracket(source, source.mask.indexOf('(', from)) + 1;
    // Only blanks may stand between a decorator and what it decorates.
    if (source.mask.slice(close, end).trim() !== '') return decorators;
    decorators.unshift({ from, to: close });
    end = from - indent.length;
  }
}

function endOfBlock(source: Source, from: number, indent: number): number {
  const lines = /\n([ \t]*)(?=[^\s])/g;
  lines.lastIndex = from;
  for (let match = lines.exec(source.mask); match !== null; match = lines.exec(source.mask)) {
    const isText = source.mask.slice(match.index, match.index + 300).trim() === '';
    // A closing bracket of the last statement stands where it likes.
    if (
      (match[1] ?? '').length <= indent &&
      !isText &&
      !/^[)\]}"']/.test(source.mask.slice(match.index + match[0].length))
    )
      return match.index;
  }
  return source.mask.length;
}

/** `name = value` at any depth, with the value's text: only literals are kept. */
export function pythonConstants(source: Source): ReadonlyMap<string, string> {
  const constants = new Map<string, string>();
  for (const match of source.mask.matchAll(
    /^[ \t]*(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?=[rRbBuUfF]{0,2}["'])/gm,
  )) {
    const from = match.index + match[0].length;
    const end = source.mask.indexOf('\n', from);
    const value = pythonText(
      source.code.slice(from, end === -1 ? undefined : end),
      (name) => constants.get(name) ?? null,
    );
    if (value !== null && match[1] !== undefined && !constants.has(match[1])) constants.set(match[1], value);
  }
  return constants;
}

/** The text of a literal, also of an f-string whose names are known, of a name and of a sum; null for anything else. */
export function pythonText(expression: string, valueOf: (name: string) => string | null): string | null {
  const written = expression.trim().replace(/,$/, '').trim();
  const [, prefix = '', , body] = /^([rRbBuUfF]{0,2})(["'])((?:(?!\2)[^\\\n]|\\.)*)\2$/.exec(written) ?? [];
  if (body !== undefined) {
    if (!/f/i.test(prefix)) return /r/i.test(prefix) ? body : body.replace(/\\(["'\\])/g, '$1');
    return withNames(body, valueOf);
  }
  if (/^[A-Za-z_][\w.]*$/.test(written)) return valueOf(written);
  const sum = written.split(/\s+\+\s+/);
  if (sum.length < 2) return null;
  const parts = sum.map((part) => pythonText(part, valueOf));
  return parts.every((part) => part !== null) ? parts.join('') : null;
}

function withNames(body: string, valueOf: (name: string) => string | null): string | null {
  let isKnown = true;
  const text = body.replace(
    /(\{\{)|(\}\})|\{([^{}]*)\}/g,
    (_, open?: string, close?: string, name?: string) => {
      if (open !== undefined) return '{';
      if (close !== undefined) return '}';
      const value = name === undefined || !/^[A-Za-z_][\w.]*$/.test(name) ? null : valueOf(name);
      if (value === null) isKnown = false;
      return value ?? '';
    },
  );
  return isKnown ? text : null;
}

/** The value of `name=…` among arguments; null where it is not given. */
export function keywordArgument(source: Source, parts: readonly Span[], name: string): Span | null {
  for (const part of parts) {
    const head = /^(\w+)\s*=(?!=)\s*/.exec(source.code.slice(part.from, part.to));
    if (head?.[1] === name) return { from: part.from + head[0].length, to: part.to };
  }
  return null;
}

export function isKeywordArgument(source: Source, part: Span): boolean {
  return /^\w+\s*=(?!=)/.test(source.code.slice(part.from, part.to));
}
