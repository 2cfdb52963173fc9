import type { TokenTable } from './templates.ts';

/** Distinct words at one place of otherwise equal shapes from which on they are values of one variable. Calibrated by `bench errors --only grouping`. */
const DISTINCT_WORDS = 6;

/** Whatever speaks for it: of two words nobody knows. */
const LEAST_WORDS = 3;

/** A first word usually says what the line is about. */
const FIRST_WORD_EXTRA = 3;

const FEW_LITERALS = 2;
const FEW_LITERALS_EXTRA = 2;
const MANY_LITERALS = 7;

/** Words that must stay, so that a merge never makes a template of nothing. */
const LITERALS_TO_KEEP = 2;

const BEFORE_VALUES = new Set('from to for by at in on of with as via into onto : [ " \' ( = < `'.split(' '));

/** After these stands whose or which it is: a name. */
const BEFORE_NAMES = new Set(
  (
    'user username login account tenant customer host hostname node server peer service job task queue topic bucket index file table relation database ' +
    'schema container pod named called name'
  ).split(' '),
);

const IDENTIFIER = /[._\-/$@\\]|[a-z][A-Z]/;
const MOSTLY = 0.6;

export function isIdentifier(word: string): boolean {
  return IDENTIFIER.test(word);
}

export function literalsBeside(tokens: Int32Array, position: number, table: TokenTable): number {
  let literals = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    if (index !== position && table.isWord(tokens[index] as number)) literals += 1;
  }
  return literals;
}

/** Whether what stands before a position announces a value. */
export function announcesValue(tokens: Int32Array, position: number, table: TokenTable): boolean {
  const before = wordBefore(tokens, position, table);
  return BEFORE_VALUES.has(before) || BEFORE_NAMES.has(before);
}

function wordBefore(tokens: Int32Array, position: number, table: TokenTable): string {
  return position === 0 ? '' : table.text(tokens[position - 1] as number).toLowerCase();
}

export function keepsEnough(tokens: Int32Array, position: number, table: TokenTable): boolean {
  return literalsBeside(tokens, position, table) >= LITERALS_TO_KEEP + (position === 0 ? 1 : 0);
}

/** Distinct words needed at a position; `words`: those seen there. */
export function neededWords(
  tokens: Int32Array,
  position: number,
  words: ReadonlySet<number>,
  table: TokenTable,
): number {
  let needed = DISTINCT_WORDS;
  if (position === 0) needed += FIRST_WORD_EXTRA;
  const before = wordBefore(tokens, position, table);
  if (BEFORE_NAMES.has(before)) needed -= 2;
  else if (BEFORE_VALUES.has(before)) needed -= 1;
  let identifiers = 0;
  for (const word of words) if (isIdentifier(table.text(word))) identifiers += 1;
  if (identifiers > MOSTLY * words.size) needed -= 1;
  const literals = literalsBeside(tokens, position, table);
  if (literals <= FEW_LITERALS) needed += FEW_LITERALS_EXTRA;
  if (literals >= MANY_LITERALS) needed -= 1;
  return Math.max(needed, LEAST_WORDS);
}

/** So many words that anything may stand there; a user named `deploy` is then a user. */
const OPEN_CLASS_WORDS = DISTINCT_WORDS;
const FEW_STATES = 0.25;

/** Whether words of state among others are names like them. `states`: how many say what happened. */
export function isOpenClass(others: number, states: number): boolean {
  return others >= OPEN_CLASS_WORDS && states <= FEW_STATES * others;
}
