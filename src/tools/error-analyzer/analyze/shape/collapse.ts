/**
 * The hot half of tier 1: one pass over the bytes that takes every run of letters and digits with a digit in it for the same thing and blanks for one
 * blank. What differs only in numbers hashes alike and is looked up; what was never seen goes, in this collapsed form, to the slow half. That half
 * never sees the original line, so a shape cannot depend on which line of a kind came first.
 */

/** Bytes of a message that count; what follows is rarely words. Cut at a blank, where there is one. */
export const MAX_SHAPE_BYTES = 4_096;

/** Stands in the collapsed text for each run with a digit. */
export const DIGIT_CODE = 0x30;

const SPACE = 0x20;

const OTHER_KIND = 0;
const LETTER_KIND = 1;
const DIGIT_KIND = 2;
const BLANK_KIND = 3;

/** Bytes from 0x80 on are parts of letters as far as this pass cares; control codes are blanks. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= SPACE || byte === 0x7f) return BLANK_KIND;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT_KIND;
  const lower = byte | 0x20;
  return byte >= 0x80 || byte === 0x5f || (lower >= 0x61 && lower <= 0x7a) ? LETTER_KIND : OTHER_KIND;
});

/** Two independent 32-bit hashes of the collapsed text, and whether all of it is ASCII; one object, filled anew. */
export interface CollapsedHash {
  high: number;
  low: number;
}

export function endOfShape(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= MAX_SHAPE_BYTES) return end;
  const limit = start + MAX_SHAPE_BYTES;
  let cut = limit;
  while (cut > start && KINDS[bytes[cut] as number] !== BLANK_KIND) cut -= 1;
  return cut > start ? cut : limit;
}

/**
 * Hot. FNV-1a twice, with two factors: over the bytes of a word, and over words and marks. A word with a digit counts as that digit alone. Blanks at the
 * ends count, though the collapsed text is without them: one shape may have several hashes, never one hash several shapes.
 */
export function hashCollapsed(bytes: Uint8Array, start: number, end: number, into: CollapsedHash): void {
  let high = 0x811c9dc5 | 0;
  let low = 0x9747b28c | 0;
  let wordHigh = 0;
  let wordLow = 0;
  /** Kinds within the word so far, as bits; 0 between words. */
  let kinds = 0;
  let blankBefore = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    const kind = KINDS[byte] as number;
    if (kind === LETTER_KIND || kind === DIGIT_KIND) {
      wordHigh = Math.imul(wordHigh ^ byte, 0x01000193);
      wordLow = Math.imul(wordLow ^ byte, 0x5bd1e995);
      kinds |= kind;
      continue;
    }
    if (kinds !== 0) {
      const isNumber = kinds >= DIGIT_KIND;
      high = spreadWord(high ^ (isNumber ? DIGIT_CODE : wordHigh), 0x01000193);
      low = spreadWord(low ^ (isNumber ? DIGIT_CODE : wordLow), 0x5bd1e995);
      wordHigh = 0;
      wordLow = 0;
      kinds = 0;
      blankBefore = false;
    }
    if (kind === BLANK_KIND) {
      if (blankBefore) continue;
      blankBefore = true;
      high = Math.imul(high ^ SPACE, 0x01000193);
      low = Math.imul(low ^ SPACE, 0x5bd1e995);
    } else {
      blankBefore = false;
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
    }
  }
  if (kinds !== 0) {
    const isNumber = kinds >= DIGIT_KIND;
    high = spreadWord(high ^ (isNumber ? DIGIT_CODE : wordHigh), 0x01000193);
    low = spreadWord(low ^ (isNumber ? DIGIT_CODE : wordLow), 0x5bd1e995);
  }
  // FNV's upper bits know too little of the last bytes to be used as a slot.
  into.high = high ^ (high >>> 15);
  into.low = low ^ (low >>> 13);
}

/** All 32 bits of a word's hash count: its upper ones must reach the lower ones. */
function spreadWord(hash: number, factor: number): number {
  const spread = Math.imul(hash, factor);
  return spread ^ (spread >>> 15);
}

/** Never longer than the part of a line that counts. */
const scratch = Buffer.alloc(MAX_SHAPE_BYTES);

/** The collapsed text itself; the same walk as the hash. */
export function collapsedText(bytes: Uint8Array, start: number, end: number): string {
  const out = end - start > MAX_SHAPE_BYTES ? Buffer.alloc(end - start) : scratch;
  let length = 0;
  let at = start;
  let blankBefore = false;
  let beyondAscii = 0;
  while (at < end) {
    const byte = bytes[at] as number;
    const kind = KINDS[byte] as number;
    if (kind === BLANK_KIND) {
      blankBefore = length > 0;
      at += 1;
      continue;
    }
    if (blankBefore) out[length++] = SPACE;
    blankBefore = false;
    if (kind === OTHER_KIND) {
      out[length++] = byte;
      at += 1;
      continue;
    }
    const wordFrom = length;
    let digits = 0;
    while (at < end) {
      const letter = bytes[at] as number;
      const wordKind = KINDS[letter] as number;
      if (wordKind !== LETTER_KIND && wordKind !== DIGIT_KIND) break;
      digits |= wordKind;
      beyondAscii |= letter;
      out[length++] = letter;
      at += 1;
    }
    if (digits >= DIGIT_KIND) {
      length = wordFrom;
      out[length++] = DIGIT_CODE;
    }
  }
  return out.toString(beyondAscii < 0x80 ? 'latin1' : 'utf8', 0, length);
}
