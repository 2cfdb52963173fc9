import { STATIC_TABLE } from './static-table.ts';

/**
 * Encoding of field blocks (RFC 7541) with the static table and literals without indexing only: a block depends on nothing that was
 * sent before, so the same bytes go out any number of times, on any connection.
 */
interface KnownName {
  index: number;
  /** Entries with a value of their own. */
  fields: { value: string; index: number }[];
}

const known = new Map<string, KnownName>();
for (const [index, [name, value]] of STATIC_TABLE.entries()) {
  if (index === 0) continue;
  const entry = known.get(name) ?? { index, fields: [] };
  if (value !== '') entry.fields.push({ value, index });
  known.set(name, entry);
}

const INDEXED = 0x80;
const NEVER_INDEXED = 0x10;
/** Section 7.1.3: an intermediary must not put these into a table from which they could be guessed. */
const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** Longest form of a length: more than any string here. */
const INTEGER_BYTES = 6;

let scratch = Buffer.allocUnsafeSlow(4_096);
let at = 0;

export type Field = readonly [name: string, value: string];

/** Names in lower case; one character is one byte. */
export function encodeFields(fields: readonly Field[]): Buffer {
  at = 0;
  for (const [name, value] of fields) {
    const entry = known.get(name);
    const whole = entry?.fields.find((field) => field.value === value);
    if (whole !== undefined) {
      reserve(INTEGER_BYTES);
      putInteger(INDEXED, 7, whole.index);
      continue;
    }
    reserve(INTEGER_BYTES);
    putInteger(SECRET.has(name) ? NEVER_INDEXED : 0, 4, entry?.index ?? 0);
    if (entry === undefined) putString(name);
    putString(value);
  }
  return Buffer.from(scratch.subarray(0, at));
}

function putString(text: string): void {
  reserve(INTEGER_BYTES + text.length);
  putInteger(0, 7, text.length);
  at += scratch.write(text, at, 'latin1');
}

/** Section 5.1, after the pattern that the first byte begins with. */
function putInteger(pattern: number, prefixBits: number, value: number): void {
  const mask = (1 << prefixBits) - 1;
  if (value < mask) {
    scratch[at++] = pattern | value;
    return;
  }
  scratch[at++] = pattern | mask;
  let rest = value - mask;
  while (rest >= 0x80) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
}

function reserve(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + bytes));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}
