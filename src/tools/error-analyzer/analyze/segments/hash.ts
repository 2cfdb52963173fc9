/** Murmur3's last step: spreads all bits of a 32-bit number. */
function spread(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** 32 bits over the UTF-16 units of a text; not for adversaries, only for sketches and samples. */
export function hashText(text: string, seed = 0): number {
  let hash = seed ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return spread(hash) >>> 0;
}

/**
 * Hot. Rank of a record in samples: 53 bits over its stream, offset and time, so that records of rotated files of one name differ, too. Equal ranks
 * therefore mean the same record.
 */
export function rankOf(streamHash: number, atByte: number, timeMs: number): number {
  const low = (atByte | 0) ^ Math.imul((atByte / 4_294_967_296) | 0, 0x85ebca6b);
  const time = (timeMs | 0) ^ Math.imul((timeMs / 4_294_967_296) | 0, 0xc2b2ae35);
  const first = spread(low ^ spread(streamHash ^ time));
  const second = spread(time ^ spread(first ^ low ^ 0x27d4eb2f));
  return (second & 0x1fffff) * 4_294_967_296 + (first >>> 0);
}

const SPACE = 0x20;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Of a stack trace, with one digit for each number that stands alone: lines, columns, and the values in messages. None of them is part of the key of an
 * exception, and nearly every event has others.
 */
export function hashStack(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let before = SPACE;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    const isDigit = byte >= ZERO && byte <= NINE;
    if (isDigit && (before === SPACE || before === COLON)) {
      hash = Math.imul(hash ^ ZERO, 0x9e3779b1);
      hash ^= hash >>> 15;
      while (at + 1 < end && (bytes[at + 1] ?? 0) >= ZERO && (bytes[at + 1] ?? 0) <= NINE) at += 1;
    } else {
      hash = Math.imul(hash ^ byte, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    before = byte;
  }
  return spread(hash) >>> 0;
}
