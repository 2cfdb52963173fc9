import { LOG_LEVELS } from '../../../../core/log/level.ts';
import type { Comparison, Filter, Operator } from './types.ts';
import { filterError, type Word, wordsOf } from './words.ts';

/** Deeper ones no person writes, and each level is a call. */
const MAX_DEPTH = 100;

/**
 * Reads a filter:
 *
 *     filter     := all ("or" all)*
 *     all        := one ("and"? one)*
 *     one        := "not" one | "(" filter ")" | name operator value | text
 *     operator   := = != ~ !~ > >= < <=
 *
 * `~` compares with a glob (`*`). Upper and lower case are the same. Throws E_FILTER.
 */
export function parseFilter(source: string): Filter {
  const words = wordsOf(source);
  let next = 0;

  const fail = (word: Word | undefined, reason: string): never => {
    throw filterError(source, word?.at ?? source.length, reason);
  };

  const isKeyword = (word: Word | undefined, keyword: string): boolean =>
    word?.kind === 'word' && word.text.toLowerCase() === keyword && words[next + 1]?.kind !== 'operator';

  const anyOf = (depth: number): Filter => {
    const parts = [allOf(depth)];
    while (isKeyword(words[next], 'or')) {
      next += 1;
      parts.push(allOf(depth));
    }
    return joined('or', parts);
  };

  const allOf = (depth: number): Filter => {
    const parts = [one(depth)];
    for (;;) {
      const word = words[next];
      if (word === undefined || word.kind === ')' || isKeyword(word, 'or')) return joined('and', parts);
      if (isKeyword(word, 'and')) next += 1;
      parts.push(one(depth));
    }
  };

  const one = (depth: number): Filter => {
    const word = words[next];
    if (depth > MAX_DEPTH) return fail(word, 'brackets and `not` are nested too deep');
    if (isKeyword(word, 'not')) {
      next += 1;
      return { kind: 'not', part: one(depth + 1) };
    }
    if (word?.kind === '(') {
      next += 1;
      const inner = anyOf(depth + 1);
      if (words[next]?.kind !== ')') return fail(words[next], 'a closing bracket is missing');
      next += 1;
      return inner;
    }
    return term(word);
  };

  const term = (word: Word | undefined): Filter => {
    if (word === undefined) return fail(word, 'something to look for is missing');
    if (word.kind === 'operator') return fail(word, 'a name is missing before this operator');
    if (word.kind === '(' || word.kind === ')') return fail(word, 'something to look for is missing');
    if (isKeyword(word, 'and') || isKeyword(word, 'or'))
      return fail(word, 'something to look for is missing before this word');
    next += 1;
    const operator = words[next];
    if (operator?.kind !== 'operator') return { kind: 'text', text: word.text.toLowerCase() };
    next += 1;
    const value = words[next];
    if (value?.kind !== 'word' && value?.kind !== 'quoted') return fail(value, 'a value is missing');
    next += 1;
    const name = word.text.toLowerCase();
    const size = sizeOf(name, operator.text, value.text);
    if (typeof size === 'string') return fail(value, size);
    return { kind: 'comparison', name, operator: operator.text, value: value.text.toLowerCase(), size };
  };

  if (words.length === 0) return { kind: 'and', parts: [] };
  const filter = anyOf(0);
  const left = words[next];
  return left === undefined ? filter : fail(left, 'there is no bracket that this one closes');
}

function joined(kind: 'and' | 'or', parts: readonly Filter[]): Filter {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

/** NaN where no size is compared; a text says what is wrong. */
function sizeOf(name: string, operator: Operator, value: string): Comparison['size'] | string {
  const comparesSize = operator.startsWith('>') || operator.startsWith('<');
  if (name === 'level' && operator !== '~' && operator !== '!~') {
    const level = LOG_LEVELS.findIndex((known) => known === value.toLowerCase());
    return level === -1 ? `there is no such level; there are ${LOG_LEVELS.join(', ')}` : level;
  }
  if (!comparesSize) return Number.NaN;
  if (name === 'time') {
    const atMs = Date.parse(
      /[zZ]|[+-]\d{2}:?\d{2}$/u.test(value) || !value.includes('T') ? value : `${value}Z`,
    );
    return Number.isNaN(atMs) ? 'this is no time; 2026-03-01T10:30 is one' : atMs;
  }
  const number = numberOf(value);
  return Number.isNaN(number) ? 'sizes are compared with a number' : number;
}

/** NaN for what is none; `12ms` is none, since fields say no units of their own. */
export function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
