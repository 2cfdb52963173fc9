import { RearguardError } from '../../../../core/errors.ts';
import type { Operator } from './types.ts';

/** A piece of a filter; `at` counts characters from 0. */
export type Word =
  | { kind: 'word'; text: string; at: number }
  | { kind: 'quoted'; text: string; at: number }
  | { kind: 'operator'; text: Operator; at: number }
  | { kind: '('; at: number }
  | { kind: ')'; at: number };

const OPERATORS: readonly Operator[] = ['!=', '!~', '>=', '<=', '=', '~', '>', '<'];
/** A filter is typed, or written by a program that should not go on for ever. */
const MAX_CHARACTERS = 10_000;

/** Words, quoted texts, operators and brackets. What stands right behind an operator is a value, whatever characters are in it but spaces and brackets. */
export function wordsOf(filter: string): Word[] {
  if (filter.length > MAX_CHARACTERS) throw filterError(filter, MAX_CHARACTERS, 'it is too long');
  const words: Word[] = [];
  let at = 0;
  while (at < filter.length) {
    const character = filter.charAt(at);
    if (/\s/u.test(character)) {
      at += 1;
      continue;
    }
    const word = wordAt(filter, at, words.at(-1)?.kind === 'operator');
    words.push(word.word);
    at = word.end;
  }
  return words;
}

function wordAt(filter: string, at: number, isValue: boolean): { word: Word; end: number } {
  const character = filter.charAt(at);
  if (character === '(' || character === ')') return { word: { kind: character, at }, end: at + 1 };
  if (character === '"' || character === "'") return quotedAt(filter, at, character);
  const operator = isValue ? undefined : OPERATORS.find((text) => filter.startsWith(text, at));
  if (operator !== undefined)
    return { word: { kind: 'operator', text: operator, at }, end: at + operator.length };
  const isEnd = isValue ? isBreak : isOperatorOrBreak;
  let end = at;
  while (end < filter.length && !isEnd(filter, end)) end += 1;
  return { word: { kind: 'word', text: filter.slice(at, end), at }, end };
}

function isBreak(filter: string, at: number): boolean {
  return /[\s()]/u.test(filter.charAt(at));
}

function isOperatorOrBreak(filter: string, at: number): boolean {
  return isBreak(filter, at) || OPERATORS.some((text) => filter.startsWith(text, at));
}

/** `\"` and `\\` stand for themselves within quotes. */
function quotedAt(filter: string, at: number, quote: string): { word: Word; end: number } {
  let text = '';
  let end = at + 1;
  while (end < filter.length && filter.charAt(end) !== quote) {
    if (filter.charAt(end) === '\\' && end + 1 < filter.length) end += 1;
    text += filter.charAt(end);
    end += 1;
  }
  if (end >= filter.length) throw filterError(filter, at, 'this quote is not closed');
  return { word: { kind: 'quoted', text, at }, end: end + 1 };
}

const SHOWN_CHARACTERS = 24;

/** E_FILTER with the place it is about. */
export function filterError(filter: string, at: number, reason: string): RearguardError {
  const rest = filter.slice(at, at + SHOWN_CHARACTERS);
  const where = rest === '' ? 'at its end' : `at character ${at + 1} (${JSON.stringify(rest)})`;
  return new RearguardError('E_FILTER', { where, reason });
}
