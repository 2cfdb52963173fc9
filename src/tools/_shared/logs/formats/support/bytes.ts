/** The characters that text formats are made of. */
export const CHAR = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  escape: 0x1b,
  space: 0x20,
  quote: 0x22,
  hash: 0x23,
  apostrophe: 0x27,
  openParen: 0x28,
  closeParen: 0x29,
  star: 0x2a,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  zero: 0x30,
  colon: 0x3a,
  semicolon: 0x3b,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  question: 0x3f,
  at: 0x40,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  underscore: 0x5f,
  pipe: 0x7c,
} as const;

const encoder = new TextEncoder();

/** For constants that bytes are compared with. */
export function ascii(text: string): Uint8Array {
  return encoder.encode(text);
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

export function isSpace(byte: number): boolean {
  return byte === CHAR.space || byte === CHAR.tab;
}

/** Offset of the first `byte` in [at, end), or `end`. A loop, as lines are short and a native call costs more than most of them. */
export function find(bytes: Uint8Array, byte: number, at: number, end: number): number {
  while (at < end && bytes[at] !== byte) at += 1;
  return at;
}

/** The same for what may be far away: the end of a line in a record of many. */
export function findFar(bytes: Uint8Array, byte: number, at: number, end: number): number {
  const found = bytes.indexOf(byte, at);
  return found === -1 || found > end ? end : found;
}

/** Offset of the first space or tab in [at, end), or `end`. */
export function findSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CHAR.space && bytes[at] !== CHAR.tab) at += 1;
  return at;
}

export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === CHAR.space || bytes[at] === CHAR.tab)) at += 1;
  return at;
}

export function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isDigit(bytes[at]!)) at += 1;
  return at;
}

/** Where the text ends when spaces and line ends behind it are left out. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && bytes[end - 1]! <= CHAR.space) end -= 1;
  return end;
}

export function startsWith(bytes: Uint8Array, at: number, end: number, prefix: Uint8Array): boolean {
  if (end - at < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}

export function indexOf(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): number {
  const first = wanted[0]!;
  for (let index = at; index <= end - wanted.length; index += 1) {
    if (bytes[index] === first && startsWith(bytes, index, end, wanted)) return index;
  }
  return -1;
}

/** Two digits as a number; 100 or more when they are none, which every range check refuses. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - CHAR.zero;
  const ones = bytes[at + 1]! - CHAR.zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1_000;
}

/** Four digits as a number; a million or more when they are none. */
export function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high < 100 && low < 100 ? high * 100 + low : 1_000_000;
}
