/** Kinds of JSON values, told by their first byte. */
export const JSON_KIND = { string: 0x22, object: 0x7b, array: 0x5b, other: 0 } as const;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * The members of one object, one after the other, without a tree and without strings. Nested values are stepped over by counting brackets, so depth
 * costs nothing; what is cut short ends with what was there.
 */
export interface JsonMembers {
  bytes: Uint8Array;
  at: number;
  end: number;
  /** Without quotes. */
  keyStart: number;
  keyEnd: number;
  /** Strings without quotes; all else from the first byte to the last. */
  valueStart: number;
  valueEnd: number;
  kind: number;
  /** A string with backslashes, and where the first of them stands. */
  isEscaped: boolean;
  escapeAt: number;
  /** It was no JSON from here on, or ended too soon. */
  isBroken: boolean;
}

export function createJsonMembers(): JsonMembers {
  return {
    bytes: new Uint8Array(0),
    at: 0,
    end: 0,
    keyStart: 0,
    keyEnd: 0,
    valueStart: 0,
    valueEnd: 0,
    kind: 0,
    isEscaped: false,
    escapeAt: 0,
    isBroken: false,
  };
}

/** Begins with the object that stands at `start`; false when none does. */
export function openObject(members: JsonMembers, bytes: Uint8Array, start: number, end: number): boolean {
  return openAt(members, bytes, start, end) === JSON_KIND.object;
}

/** First byte behind white space; -1 at the end. */
function openAt(members: JsonMembers, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! <= 0x20) at += 1;
  members.bytes = bytes;
  members.end = end;
  members.at = at + 1;
  members.isBroken = false;
  return at < end ? bytes[at]! : -1;
}

/** Hot. Steps to the next member; false behind the last one. */
export function nextMember(members: JsonMembers): boolean {
  const { bytes, end } = members;
  let at = members.at;
  let byte = bytes[at]!;
  while (at < end && (byte <= 0x20 || byte === COMMA)) byte = bytes[++at]!;
  if (at >= end || byte !== QUOTE) {
    members.isBroken = at >= end || byte !== 0x7d;
    members.at = at + 1;
    return false;
  }
  const keyStart = at + 1;
  at = keyStart;
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  members.keyStart = keyStart;
  members.keyEnd = at;
  at += 1;
  while (at < end && bytes[at] !== COLON && bytes[at]! <= 0x20) at += 1;
  if (at >= end || bytes[at] !== COLON) return broken(members);
  at += 1;
  while (at < end && bytes[at]! <= 0x20) at += 1;
  if (at >= end) return broken(members);
  readValue(members, at);
  return true;
}

/** Begins with the array that stands at `start`; its values then come from nextElement. */
export function openArray(members: JsonMembers, bytes: Uint8Array, start: number, end: number): boolean {
  return openAt(members, bytes, start, end) === JSON_KIND.array;
}

/** Steps to the next value of an array; false behind the last one. */
export function nextElement(members: JsonMembers): boolean {
  const { bytes, end } = members;
  let at = members.at;
  while (at < end && (bytes[at]! <= 0x20 || bytes[at] === COMMA)) at += 1;
  if (at >= end) return broken(members);
  members.at = at + 1;
  if (bytes[at] === 0x5d) return false;
  members.keyStart = at;
  members.keyEnd = at;
  readValue(members, at);
  // A value without a byte would be met again for ever.
  if (members.at === at) return broken(members);
  return true;
}

function broken(members: JsonMembers): boolean {
  members.isBroken = true;
  members.at = members.end;
  return false;
}

function readValue(members: JsonMembers, at: number): void {
  const { bytes, end } = members;
  const first = bytes[at]!;
  if (first === QUOTE) {
    const start = at + 1;
    let isEscaped = false;
    let next = start;
    let byte = bytes[next]!;
    while (next < end && byte !== QUOTE) {
      if (byte === BACKSLASH) {
        if (!isEscaped) members.escapeAt = next;
        isEscaped = true;
        next += 1;
      }
      byte = bytes[++next]!;
    }
    if (next >= end) {
      members.isBroken = true;
      next = end;
    }
    members.kind = QUOTE;
    members.valueStart = start;
    members.valueEnd = next;
    members.isEscaped = isEscaped;
    members.at = next + 1;
    return;
  }
  members.valueStart = at;
  members.isEscaped = false;
  if (first === JSON_KIND.object || first === JSON_KIND.array) {
    members.kind = first;
    at = nestedEnd(bytes, at, end);
    if (at > end) {
      members.isBroken = true;
      at = end;
    }
  } else {
    members.kind = JSON_KIND.other;
    at = bareEnd(bytes, at, end);
  }
  members.valueEnd = at;
  members.at = at;
}

/** Where a number or a literal ends that begins at `at`. */
export function bareEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === COMMA || byte === 0x7d || byte === 0x5d || byte <= 0x20) break;
    at += 1;
  }
  return at;
}

/** Behind the bracket that closes the one at `at`; more than `end` when none does. */
export function nestedEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at += 1;
      while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === JSON_KIND.object || byte === JSON_KIND.array) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  return end + 1;
}
