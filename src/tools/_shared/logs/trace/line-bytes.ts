/** Looking at a line of bytes without making a string of it; `end` is exclusive. */

const encoder = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function beginsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}

export function beginsWithAny(
  bytes: Uint8Array,
  start: number,
  end: number,
  prefixes: readonly Uint8Array[],
): boolean {
  for (const prefix of prefixes) if (beginsWith(bytes, start, end, prefix)) return true;
  return false;
}

/** Where a byte is, or -1. Unlike `Uint8Array.indexOf` it stops at `end`. */
export function indexOfByte(bytes: Uint8Array, start: number, end: number, byte: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === byte) return at;
  return -1;
}

/** Where `part` begins at or after `start`, or -1. */
export function indexOfPart(bytes: Uint8Array, start: number, end: number, part: Uint8Array): number {
  const first = part[0];
  for (let at = start; at <= end - part.length; at += 1) {
    if (bytes[at] === first && beginsWith(bytes, at, end, part)) return at;
  }
  return -1;
}

/** First byte that is neither space nor tab; `end` where there is none. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
  return at;
}

/** Behind the last byte that is not blank. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x09 || bytes[at - 1] === 0x0d)) at -= 1;
  return at;
}

/** Where the first word ends: at a blank, or at `end`. */
export function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0x20 && bytes[at] !== 0x09) at += 1;
  return at;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
