import { isVariableWord, saysWhatHappened } from './words.ts';

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
const EQUALS = 0x3d;
const STAR = 0x2a;

/** What ends a word and stands for itself. `-`, `.`, `/` and the like are within words. */
const MARKS = ascii('=,;:|()[]{}<>"\'`!?*&^');
/** What ends an address: blanks, quotes, angle brackets. */
const ADDRESS_ENDS = ascii(' "\'`<>|');
const OPENING = ascii('([{<');
const CLOSING = ascii(')]}>');
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
    } else if (code === STAR && text.charCodeAt(at + 1) === STAR) {
      at = pushVariable(tokens, at, endOfMask(text, at));
    } else if (code === 0x5b && endOfBracketedAddress(text, at) > at) {
      at = pushVariable(tokens, at, endOfBracketedAddress(text, at));
    } else if (within(MARKS, code)) {
      tokens.push({ kind: MARK, text: text.charAt(at), from: at, to: at + 1 });
      at += 1;
      if (code === EQUALS) at = pushFieldValue(tokens, text, at);
    } else {
      at = pushWord(tokens, text, at);
    }
  }
  return tokens;
}

/** A value that somebody masked: `****1234`. */
function endOfMask(text: string, from: number): number {
  let to = from;
  while (text.charCodeAt(to) === STAR) to += 1;
  return to;
}

/**
 * The value of a field where its form says that it is one: nothing at all (`user= host=web`), in quotes (`user="Jo Do"`), or with a digit anywhere
 * (`source=Work{0}`). `at`: after the `=`.
 */
function pushFieldValue(tokens: Token[], text: string, at: number): number {
  const before = text.charCodeAt(at - 2);
  if (at < 2 || before === BLANK || within(MARKS, before)) return at;
  const next = text.charCodeAt(at);
  if (at >= text.length || next === BLANK || next === 0x2c || next === 0x3b)
    return pushVariable(tokens, at, at);
  if (saysWhatHappened(tokens.at(-2)?.text ?? '')) return at;
  if (next === 0x22 || next === 0x27) {
    const close = text.indexOf(text.charAt(at), at + 1);
    return close === -1 ? at : pushVariable(tokens, at, close + 1);
  }
  const end = endOfValue(text, at);
  return text.slice(at, end).includes('0') ? pushVariable(tokens, at, end) : at;
}

/** To the next blank, comma or semicolon that no bracket of the value holds, or to a bracket that was open before. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let unbalanced = -1;
  let to = from;
  for (; to < text.length; to += 1) {
    const code = text.charCodeAt(to);
    if (code === 0x22 || code === 0x27) break;
    if (code === BLANK || code === 0x2c || code === 0x3b) {
      if (depth === 0) break;
      if (unbalanced === -1) unbalanced = to;
    } else if (within(OPENING, code)) depth += 1;
    else if (within(CLOSING, code) && (depth -= 1) < 0) break;
  }
  if (depth > 0 && unbalanced !== -1) to = unbalanced;
  while (to > from && within(EDGES, text.charCodeAt(to - 1))) to -= 1;
  return to;
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
  if (address > to) return pushVariable(tokens, from, withoutClosing(text, from, address));
  const groups = endOfHexGroups(text, from);
  if (groups > to) return pushVariable(tokens, from, groups);
  if (isHostWithPort(text, from, to)) return pushVariable(tokens, from, to + 2);
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

function pushVariable(tokens: Token[], from: number, to: number): number {
  tokens.push({ kind: VARIABLE, text: '', from, to });
  return to;
}

/** `api.local:0`, `orders.py:0`: a dotted name with its port or line. */
function isHostWithPort(text: string, from: number, to: number): boolean {
  if (text.charCodeAt(to) !== 0x3a || text.charCodeAt(to + 1) !== DIGIT) return false;
  const dot = text.indexOf('.', from);
  return dot > from && dot < to - 1;
}

/**
 * End of groups of hexadecimal digits with colons between them (hardware and IPv6 addresses, whose groups without a decimal digit were not collapsed);
 * `from` when these are none.
 */
function endOfHexGroups(text: string, from: number): number {
  let at = from;
  let colons = 0;
  let digit = false;
  let letters = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (code === DIGIT) digit = true;
    else if (code === 0x3a) {
      if (at === from && text.charCodeAt(at + 1) !== 0x3a) return from;
      colons += 1;
      letters = 0;
    } else if (lower >= 0x61 && lower <= 0x66) {
      if ((letters += 1) > 4) return from;
    } else break;
  }
  while (at > from && text.charCodeAt(at - 1) === 0x3a) {
    at -= 1;
    colons -= 1;
  }
  if (colons < 2 || !(digit || colons >= 5)) return from;
  // `%eth0` and `/64` belong to it; a letter means that it was something else.
  const code = text.charCodeAt(at);
  if (at < text.length && code !== BLANK && !within(MARKS, code) && !'%/-.'.includes(text.charAt(at)))
    return from;
  while (at < text.length && text.charCodeAt(at) !== BLANK && !within(MARKS, text.charCodeAt(at))) at += 1;
  while (within(EDGES, text.charCodeAt(at - 1))) at -= 1;
  return at;
}

/** `[2001:db8::1]:443` is what `10.1.2.3:443` is; two colons alone are a time. */
function endOfBracketedAddress(text: string, from: number): number {
  const to = endOfHexGroups(text, from + 1);
  if (text.charAt(to) !== ']') return from;
  const colons = text.slice(from, to).split(':').length - 1;
  if (colons < 3 && !text.slice(from, to).includes('::')) return from;
  return text.charCodeAt(to + 1) === 0x3a && text.charCodeAt(to + 2) === DIGIT ? to + 3 : to + 1;
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
