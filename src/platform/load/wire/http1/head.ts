import { wordsOf } from './words.ts';

/** Reads the heads of HTTP/1 responses (RFC 9112), line by line, with nothing allocated. A line is judged once it is whole. */

const CR = 13;
const LF = 10;
const SP = 32;
const HTAB = 9;
const COLON = 58;
const COMMA = 44;
const ZERO = 48;

/** Results of `readHead` that are no position. */
export const HEAD_INCOMPLETE = -1;
const HEAD_INVALID = -2;

/** Lengths of a body that are no number of bytes. */
export const NO_LENGTH = -1;

/** Longer ones are attacks or mistakes, and not exact as numbers. */
const MAX_LENGTH = Number.MAX_SAFE_INTEGER;

/** What a head says of the framing, and whether it has fields that would else be looked for in each response. */
export interface Head {
  status: number;
  /** Minor version: 0 for HTTP/1.0, else 1. */
  minor: number;
  contentLength: number;
  hasTransferCoding: boolean;
  /** The last transfer coding is chunked. */
  isChunked: boolean;
  /** `Connection: close` and `Connection: keep-alive`. */
  saysClose: boolean;
  saysKeepAlive: boolean;
  /** It has a Set-Cookie, or a Content-Encoding. */
  setsCookies: boolean;
  isEncoded: boolean;
  /** Where the next line to read begins, and where the first field does. */
  lineAt: number;
  fieldsAt: number;
  /** Why it is invalid. */
  problem: string;
}

export function createHead(): Head {
  return {
    status: 0,
    minor: 1,
    contentLength: NO_LENGTH,
    hasTransferCoding: false,
    isChunked: false,
    saysClose: false,
    saysKeepAlive: false,
    setsCookies: false,
    isEncoded: false,
    lineAt: 0,
    fieldsAt: 0,
    problem: '',
  };
}

/** `tchar` of RFC 9110, section 5.6.2: what a field's name is made of. */
const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[char.charCodeAt(0)] = 1;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const CONNECTION = ascii('connection');
const SET_COOKIE = ascii('set-cookie');
const CONTENT_ENCODING = ascii('content-encoding');
const CONTENT_LENGTH = ascii('content-length');
const TRANSFER_ENCODING = ascii('transfer-encoding');
const CLOSE = ascii('close');
const KEEP_ALIVE = ascii('keep-alive');
const CHUNKED = ascii('chunked');

/** Makes it ready for the head that begins at this position. */
export function beginHead(head: Head, at: number): void {
  head.status = 0;
  head.contentLength = NO_LENGTH;
  head.hasTransferCoding = false;
  head.isChunked = false;
  head.saysClose = false;
  head.saysKeepAlive = false;
  head.setsCookies = false;
  head.isEncoded = false;
  head.lineAt = at;
}

/**
 * Goes on from `head.lineAt`; returns the position after the empty line, HEAD_INCOMPLETE when more bytes are needed (`head.lineAt` is
 * then where the first line begins that is not whole), or HEAD_INVALID.
 */
export function readHead(head: Head, bytes: Uint8Array, end: number): number {
  let at = head.lineAt;
  if (head.status === 0) {
    at = readStatusLine(head, bytes, at, end);
    if (at < 0) return at;
    head.lineAt = at;
    head.fieldsAt = at;
  }
  for (;;) {
    const lineAt = at;
    while (at < end && TOKEN[bytes[at]!] === 1) at += 1;
    if (at >= end) return HEAD_INCOMPLETE;
    const nameLength = at - lineAt;
    if (bytes[at] === COLON && nameLength > 0) at += 1;
    else if (nameLength > 0) return invalid(head, bytes, at, end, 'a line in the head that is no field');
    else if (bytes[at] === CR) return endOfHead(head, bytes, at, end);
    else if (!isFold(head, bytes, lineAt)) {
      return invalid(head, bytes, at, end, 'a line in the head that is no field');
    }
    at = endOfText(bytes, at, end);
    if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) {
      if (at >= end || (at + 1 >= end && bytes[at] === CR)) return HEAD_INCOMPLETE;
      return invalid(head, bytes, at, end, 'a control character in the head');
    }
    // No other length is that of a field's name that we need here: most lines are told by it alone.
    if (nameLength === 10 || nameLength === 14 || nameLength === 16 || nameLength === 17) {
      if (!readNotedField(head, bytes, lineAt, nameLength, at)) return HEAD_INVALID;
    }
    at += 2;
    head.lineAt = at;
  }
}

/** `HTTP/1.1 200 OK`, whose last part may be absent. */
function readStatusLine(head: Head, bytes: Uint8Array, start: number, end: number): number {
  const at = endOfText(bytes, start, end);
  if (at >= end || (at + 1 >= end && bytes[at] === CR)) return HEAD_INCOMPLETE;
  const isWhole = at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF;
  if (!isWhole || at < start + 12 || !isStatusLine(bytes, start)) {
    return invalid(head, bytes, start, end, 'no HTTP/1 status line');
  }
  const status = bytes[start + 9]! * 100 + bytes[start + 10]! * 10 + bytes[start + 11]! - ZERO * 111;
  if (status < 100 || (at > start + 12 && bytes[start + 12] !== SP)) {
    return invalid(head, bytes, start, end, 'no status in the status line');
  }
  head.minor = bytes[start + 7] === ZERO ? 0 : 1;
  head.status = status;
  return at + 2;
}

function isStatusLine(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 72 &&
    bytes[at + 1] === 84 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 80 &&
    bytes[at + 4] === 47 &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === 46 &&
    isDigit(bytes[at + 7]!) &&
    bytes[at + 8] === SP &&
    isDigit(bytes[at + 9]!) &&
    isDigit(bytes[at + 10]!) &&
    isDigit(bytes[at + 11]!)
  );
}

function endOfHead(head: Head, bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return HEAD_INCOMPLETE;
  return bytes[at + 1] === LF ? at + 2 : invalid(head, bytes, at, end, 'a control character in the head');
}

/**
 * The first control character that text may not hold: all up to CR but the tab. Most of a head is text, so four bytes are looked at
 * together: a byte below 14 borrows from its highest bit (Warren, Hacker's Delight, section 6-1).
 */
function endOfText(bytes: Uint8Array, from: number, end: number): number {
  const words = wordsOf(bytes);
  const wordsEnd = Math.min(end >> 2, words.length);
  let at = from;
  while (at < end) {
    if ((at & 3) === 0) {
      let word = at >> 2;
      while (word < wordsEnd && ((words[word]! - 0x0e0e0e0e) & ~words[word]! & 0x80808080) === 0) word += 1;
      at = word << 2;
      if (at >= end) return end;
    }
    const byte = bytes[at]!;
    if (byte <= CR && byte !== HTAB) return at;
    at += 1;
  }
  return at;
}

/** A line is judged once it is whole, so that the verdict does not depend on where reads were split. */
function invalid(head: Head, bytes: Uint8Array, from: number, end: number, problem: string): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] !== LF) continue;
    head.problem = problem;
    return HEAD_INVALID;
  }
  return HEAD_INCOMPLETE;
}

/** Whether the line goes on with the one before it (RFC 9112, section 5.2); none that decides where a message ends may be folded. */
function isFold({ fieldsAt }: Head, bytes: Uint8Array, lineAt: number): boolean {
  if ((bytes[lineAt] !== SP && bytes[lineAt] !== HTAB) || lineAt === fieldsAt) return false;
  let fieldAt = lineAt;
  do {
    fieldAt -= 2;
    while (fieldAt > fieldsAt && bytes[fieldAt - 1] !== LF) fieldAt -= 1;
  } while (bytes[fieldAt] === SP || bytes[fieldAt] === HTAB);
  return (
    !startsWith(bytes, fieldAt, CONNECTION) &&
    !startsWith(bytes, fieldAt, CONTENT_LENGTH) &&
    !startsWith(bytes, fieldAt, TRANSFER_ENCODING)
  );
}

/** Of a name with one of the four lengths; false when its value is invalid. */
function readNotedField(head: Head, bytes: Uint8Array, at: number, nameLength: number, end: number): boolean {
  const from = at + nameLength + 1;
  if (nameLength === 10) {
    if (startsWith(bytes, at, CONNECTION)) readConnection(head, bytes, from, end);
    else if (startsWith(bytes, at, SET_COOKIE)) head.setsCookies = true;
    return true;
  }
  if (nameLength === 14) {
    return !startsWith(bytes, at, CONTENT_LENGTH) || readContentLength(head, bytes, from, end);
  }
  if (nameLength === 16) {
    if (startsWith(bytes, at, CONTENT_ENCODING)) head.isEncoded = true;
    return true;
  }
  return !startsWith(bytes, at, TRANSFER_ENCODING) || readTransferEncoding(head, bytes, from, end);
}

function readConnection(head: Head, bytes: Uint8Array, from: number, end: number): void {
  const at = bytes[from] === SP ? from + 1 : from;
  if (end - at === KEEP_ALIVE.length && startsWith(bytes, at, KEEP_ALIVE)) {
    head.saysKeepAlive = true;
    return;
  }
  for (let elementAt = from; elementAt < end; elementAt = nextElement(bytes, elementAt, end)) {
    if (isElement(bytes, elementAt, end, CLOSE)) head.saysClose = true;
    else if (isElement(bytes, elementAt, end, KEEP_ALIVE)) head.saysKeepAlive = true;
  }
}

/** One number, or the same one again and again (RFC 9110, section 8.6). */
function readContentLength(head: Head, bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  for (;;) {
    at = skipBlanks(bytes, at, end);
    const firstAt = at;
    let length = 0;
    while (at < end && length <= MAX_LENGTH) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
      at += 1;
    }
    const isEmpty = at === firstAt;
    if (at < end) at = skipBlanks(bytes, at, end);
    if (isEmpty || length > MAX_LENGTH || (at < end && bytes[at] !== COMMA)) {
      head.problem = 'a Content-Length that is no length';
      return false;
    }
    if (head.contentLength !== NO_LENGTH && head.contentLength !== length) {
      head.problem = 'several Content-Lengths that differ';
      return false;
    }
    head.contentLength = length;
    if (at >= end) return true;
    at += 1;
  }
}

function readTransferEncoding(head: Head, bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at = nextElement(bytes, at, end)) {
    if (head.isChunked) {
      head.problem = 'a transfer coding after chunked';
      return false;
    }
    head.hasTransferCoding = true;
    head.isChunked = isElement(bytes, at, end, CHUNKED);
  }
  return true;
}

/** Position after the next comma; beyond `end` when there is none. */
function nextElement(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== COMMA) at += 1;
  return at + 1;
}

/** Whether this element of a list is that word, in any case. */
function isElement(bytes: Uint8Array, from: number, end: number, word: Uint8Array): boolean {
  const at = skipBlanks(bytes, from, end);
  if (end - at < word.length || !startsWith(bytes, at, word)) return false;
  const after = skipBlanks(bytes, at + word.length, end);
  return after === end || bytes[after] === COMMA;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at += 1;
  return at;
}

/** Compares with a word in lower case; its bytes have to be there. */
function startsWith(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) {
    const byte = bytes[at + index]!;
    if (byte !== word[index] && (byte | 0x20) !== word[index]) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
