import { CHAR, isDigit, skipDigits } from '../formats/support/bytes.ts';
import type { TimeReading } from './reading.ts';

/**
 * Epoch ms of a number that counts seconds, milliseconds, microseconds or nanoseconds since 1970: told by magnitude. The bounds are those of
 * seconds up to the year 5138; a millisecond count before March 1973 would be taken for seconds, which no log holds. NaN for what is no time.
 */
export function epochMs(value: number): number {
  if (!(value > 0)) return Number.NaN;
  if (value < 1e11) return value * 1_000;
  if (value < 1e14) return value;
  if (value < 1e17) return value / 1_000;
  return value < 1e20 ? value / 1_000_000 : Number.NaN;
}

/** A whole word of 10, 13, 16 or 19 digits, seconds perhaps with a fraction: `1772352930`, `1772352930.123`, `1772352930123`. */
export function readEpoch(bytes: Uint8Array, at: number, end: number, reading: TimeReading): boolean {
  const digitsEnd = skipDigits(bytes, at, Math.min(end, at + 20));
  const digits = digitsEnd - at;
  if (digits !== 10 && digits !== 13 && digits !== 16 && digits !== 19) return false;
  let value = 0;
  // Beyond 2^53 the last digits are nanoseconds: rounding them is no loss.
  for (let index = at; index < digitsEnd; index += 1) value = value * 10 + (bytes[index]! - CHAR.zero);
  let next = digitsEnd;
  let fraction = 0;
  if (digits === 10 && next + 1 < end && bytes[next] === CHAR.dot && isDigit(bytes[next + 1]!)) {
    next += 1;
    let scale = 0.1;
    while (next < end && isDigit(bytes[next]!)) {
      fraction += (bytes[next]! - CHAR.zero) * scale;
      scale /= 10;
      next += 1;
    }
  }
  reading.ms = Math.floor(epochMs(value) + Math.round(fraction * 1e6) / 1_000);
  reading.end = next;
  return true;
}
