import { isLevelWord, isStateWord } from '../state-words.ts';
import { WILDCARD_ID, type TokenTable } from './templates.ts';

/** With fewer shapes, anything looks like a rule. */
const LEAST_SHAPES = 8;
/** Share of shapes that must have the header. */
const NEARLY_ALL = 0.9;
/** Headers repeat; where they do not, what was found is the message. Distinct headers per shape. */
const MOST_DISTINCT = 0.6;
/** Tokens within which a header ends. */
const LONGEST = 24;
/** A time, or a time in brackets. */
const TIME_WITHIN = 2;

const ENDS = [':', '-', ']', '|', ')', '>'];
const MOST_ENDS = 4;

/**
 * How many tokens of each shape are the header that a logger put before every message, 0 where there is none. Found by counting alone: nearly all
 * shapes begin with a value (the time), and nearly all have, for example, a second `]` after which everything differs, while what stands before
 * repeats. A header in which something happens (`Stopped:`) is no header.
 */
export function headerLengths(shapes: readonly Int32Array[], table: TokenTable): Int32Array {
  let best = new Int32Array(shapes.length);
  if (shapes.length < LEAST_SHAPES || !beginWithValues(shapes)) return best;
  let bestTokens = 0;
  for (const end of ENDS) {
    for (let nth = 1; nth <= MOST_ENDS; nth += 1) {
      const lengths = Int32Array.from(shapes, (tokens) => endOfNth(tokens, table.idOf(end), nth));
      const found = lengths.reduce((sum, length) => sum + (length > 0 ? 1 : 0), 0);
      if (found < NEARLY_ALL * shapes.length) break;
      const headers = new Set<string>();
      let total = 0;
      for (const [index, tokens] of shapes.entries()) {
        const length = lengths[index] as number;
        if (length === 0) continue;
        headers.add(tokens.subarray(0, length).join(' '));
        total += length;
      }
      if (total <= bestTokens || headers.size > MOST_DISTINCT * found) continue;
      best = lengths;
      bestTokens = total;
    }
  }
  return best.map((length, index) => (tellsState(shapes[index] as Int32Array, length, table) ? 0 : length));
}

function beginWithValues(shapes: readonly Int32Array[]): boolean {
  const beginning = shapes.filter((tokens) => {
    const at = tokens.indexOf(WILDCARD_ID);
    return at >= 0 && at < TIME_WITHIN;
  });
  return beginning.length >= NEARLY_ALL * shapes.length;
}

/** Tokens up to the nth of that kind, itself included; 0 when there are fewer, or nothing follows. */
function endOfNth(tokens: Int32Array, kind: number, nth: number): number {
  let seen = 0;
  const limit = Math.min(tokens.length - 1, LONGEST);
  for (let index = 0; index < limit; index += 1) {
    if (tokens[index] === kind && (seen += 1) === nth) return index + 1;
  }
  return 0;
}

/** `Stopped:`; a level is no state, and the name of a program may be any word. */
function tellsState(tokens: Int32Array, length: number, table: TokenTable): boolean {
  if (length < 2) return false;
  const text = table.text(tokens[length - 2] as number);
  return /^\p{L}+$/u.test(text) && !isLevelWord(text) && isStateWord(text);
}
