const DIGITS = new Int8Array(128).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value += 1) DIGITS[ALPHABET.charCodeAt(value)] = value;

const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/** One position of the generated text (line and column from 0) and what it was made of; -1 where a segment says none. */
interface Segment {
  line: number;
  column: number;
  source: number;
  sourceLine: number;
  sourceColumn: number;
  name: number;
}

/**
 * Reads the mappings of a source map (ECMA-426, section 9.2): segments of one, four or five base64 VLQ numbers, each a difference to the one before. A
 * number past 32 bits or a letter that is none ends it: what was read until then is right, the rest would be guessed.
 */
export function readMappings(mappings: string, visit: (segment: Segment) => void): void {
  const at = { line: 0, column: 0, source: 0, sourceLine: 0, sourceColumn: 0, name: 0 };
  const numbers = [0, 0, 0, 0, 0];
  let position = 0;
  while (position < mappings.length) {
    const byte = mappings.charCodeAt(position);
    if (byte === SEMICOLON || byte === COMMA) {
      if (byte === SEMICOLON) {
        at.line += 1;
        at.column = 0;
      }
      position += 1;
      continue;
    }
    let count = 0;
    while (position < mappings.length && !isSeparator(mappings.charCodeAt(position))) {
      let value = 0;
      let shift = 0;
      let digit: number;
      do {
        digit = DIGITS[mappings.charCodeAt(position)] ?? -1;
        if (digit === -1 || shift > 30) return;
        value += (digit & 31) * 2 ** shift;
        shift += 5;
        position += 1;
      } while ((digit & 32) !== 0);
      if (count < numbers.length) numbers[count] = value % 2 === 1 ? -(value - 1) / 2 : value / 2;
      count += 1;
    }
    at.column += numbers[0]!;
    if (count >= 4) {
      at.source += numbers[1]!;
      at.sourceLine += numbers[2]!;
      at.sourceColumn += numbers[3]!;
    }
    if (count >= 5) at.name += numbers[4]!;
    const { line, column, source, sourceLine, sourceColumn, name } = at;
    const isMapped = count >= 4;
    visit({
      line,
      column,
      source: isMapped ? source : -1,
      sourceLine: isMapped ? sourceLine : -1,
      sourceColumn: isMapped ? sourceColumn : -1,
      name: count >= 5 ? name : -1,
    });
  }
}

function isSeparator(byte: number): boolean {
  return byte === COMMA || byte === SEMICOLON;
}
