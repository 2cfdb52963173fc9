import { isVariableWord } from './words.ts';

export const WORD = 0;
export const VARIABLE = 1;
export const MARK = 2;
export type TokenKind = typeof WORD | typeof VARIABLE | typeof MARK;

/** A piece of the collapsed text, `to` exclusive. */
export interface Token {
  kind: TokenKind;
  text: string;
  from: number;
  to: number;
}

const BLANK = 0x20;
const DIGIT = 0x30;

/** What ends a word and stands for itself. `-`, `.`, `/` and the like are within words. */
const MARKS = ascii('=,;:|()[]{}<>"\'`!?*&^');
const QUOTES = ascii('"\'`');
/** What ends an address: blanks, quotes, angle brackets. */
const ADDRESS_ENDS = ascii(' "\'`<>|');
/** Dots and dashes at the edges of a word are marks. */
const EDGES = ascii('.-');

function ascii(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

function within(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

/** Cuts the collapsed text of a line into words, variables and marks. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === BLANK) {
      at += 1;
    } else if (within(MARKS, code)) {
      tokens.push({ kind: MARK, text: text.charAt(at), from: at, to: at + 1 });
      at += 1;
      if (code === 0x3d && isEmptyValue(text, at)) {
        tokens.push({ kind: VARIABLE, text: '', from: at, to: at });
      }
    } else {
      at = pushWord(tokens, text, at);
    }
  }
  return tokens;
}

/** `user= host=web`: nothing where other lines have a value. `at`: after the `=`. */
function isEmptyValue(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 2);
  if (at < 2 || before === BLANK || within(MARKS, before)) return false;
  const next = text.charCodeAt(at);
  return at >= text.length || next === BLANK || next === 0x2c || next === 0x3b;
}

function pushWord(tokens: Token[], text: string, from: number): number {
  let to = from;
  let digit = false;
  while (to < text.length) {
    const code = text.charCodeAt(to);
    if (code === BLANK || within(MARKS, code)) break;
    if (code === DIGIT) digit = true;
    to += 1;
  }
  const address = endOfAddress(text, from, to);
  if (address > to) {
    const end = withoutClosing(text, from, address);
    tokens.push({ kind: VARIABLE, text: '', from, to: end });
    return end;
  }
  let wordTo = to;
  while (wordTo > from && within(EDGES, text.charCodeAt(wordTo - 1))) wordTo -= 1;
  if (wordTo > from) {
    const word = text.slice(from, wordTo);
    const kind = digit || isVariableWord(word) ? VARIABLE : WORD;
    tokens.push({ kind, text: word, from, to: wordTo });
  }
  if (wordTo < to) tokens.push({ kind: MARK, text: text.slice(wordTo, to), from: wordTo, to });
  return to;
}

/** Where an address ends that begins with the word `from` to `to`: `https://...`, `C:\...`, `/path?query`; `to` when it is none. */
function endOfAddress(text: string, from: number, to: number): number {
  const code = text.charCodeAt(to);
  const next = text.charCodeAt(to + 1);
  const isUrl = code === 0x3a && next === 0x2f && text.charCodeAt(to + 2) === 0x2f;
  const isDrive = code === 0x3a && next === 0x5c && to === from + 1;
  const isQuery = code === 0x3f && text.slice(from, to).includes('/') && next > BLANK;
  if (!isUrl && !isDrive && !isQuery) return to;
  let end = to;
  while (end < text.length && !within(ADDRESS_ENDS, text.charCodeAt(end))) end += 1;
  return end;
}

/** Without the punctuation of the sentence around it. */
function withoutClosing(text: string, from: number, to: number): number {
  let end = to;
  while (end > from + 1 && '.,;:)]}!?'.includes(text.charAt(end - 1))) end -= 1;
  return end;
}

export function isQuote(token: Token): boolean {
  return token.kind === MARK && within(QUOTES, token.text.charCodeAt(0));
}
