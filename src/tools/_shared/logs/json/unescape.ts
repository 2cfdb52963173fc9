import { copyClean } from '../framing/clean.ts';

const BACKSLASH = 0x5c;

/**
 * Copies the inside of a JSON string with its escapes undone, as UTF-8; `to` must have room for as many bytes. Codes of terminals and NUL are left
 * out, as they are of bare lines. Broken escapes stay as they stand. Returns where the copy ends.
 */
export function unescapeJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  const from = at;
  let isDirty = false;
  let index = start;
  for (;;) {
    while (index < end && bytes[index] !== BACKSLASH) to[at++] = bytes[index++]!;
    if (index >= end) break;
    if (index + 1 >= end) {
      to[at++] = BACKSLASH;
      break;
    }
    const kind = bytes[index + 1]!;
    index += 2;
    switch (kind) {
      case 0x6e:
        to[at++] = 0x0a;
        break;
      case 0x74:
        to[at++] = 0x09;
        break;
      case 0x72:
        // Line ends of Windows become plain ones, as they do in bare lines.
        if (bytes[index] !== BACKSLASH || bytes[index + 1] !== 0x6e || index + 1 >= end) to[at++] = 0x0d;
        break;
      case 0x62:
        to[at++] = 0x08;
        break;
      case 0x66:
        to[at++] = 0x0c;
        break;
      case 0x75: {
        let code = hexAt(bytes, index, end);
        if (code < 0) {
          to[at++] = BACKSLASH;
          to[at++] = kind;
          break;
        }
        index += 4;
        if (code >= 0xd800 && code <= 0xdbff && bytes[index] === BACKSLASH && bytes[index + 1] === 0x75) {
          const low = hexAt(bytes, index + 2, end);
          if (low >= 0xdc00 && low <= 0xdfff) {
            code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            index += 6;
          }
        }
        if (code === 0 || code === 0x1b) isDirty = true;
        at = putCodePoint(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code, to, at);
        break;
      }
      default:
        // \" \\ \/, and whatever else a careless writer escaped.
        to[at++] = kind;
    }
  }
  return isDirty ? copyClean(to, from, at, to, from) : at;
}

/** Four hexadecimal digits as a number, -1 when they are none. */
function hexAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let value = 0;
  for (let index = at; index < at + 4; index += 1) {
    const byte = bytes[index]!;
    const lower = byte | 0x20;
    const digit =
      byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Six characters or more became at most four bytes, so the room of the escapes is enough. */
function putCodePoint(code: number, to: Uint8Array, at: number): number {
  if (code < 0x80) to[at++] = code;
  else if (code < 0x800) {
    to[at++] = 0xc0 | (code >> 6);
    to[at++] = 0x80 | (code & 0x3f);
  } else if (code < 0x1_0000) {
    to[at++] = 0xe0 | (code >> 12);
    to[at++] = 0x80 | ((code >> 6) & 0x3f);
    to[at++] = 0x80 | (code & 0x3f);
  } else {
    to[at++] = 0xf0 | (code >> 18);
    to[at++] = 0x80 | ((code >> 12) & 0x3f);
    to[at++] = 0x80 | ((code >> 6) & 0x3f);
    to[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
