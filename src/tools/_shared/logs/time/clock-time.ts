import { CHAR, isDigit, twoDigits } from '../formats/support/bytes.ts';
import type { TimeReading } from './reading.ts';

/**
 * `hh:mm:ss` with an optional fraction after a dot or a comma: milliseconds since midnight. A 60th second (leap) counts as the first of the next
 * minute; what is finer than a millisecond is cut off.
 */
export function readClockTime(bytes: Uint8Array, at: number, end: number, reading: TimeReading): boolean {
  if (end - at < 8 || bytes[at + 2] !== CHAR.colon || bytes[at + 5] !== CHAR.colon) return false;
  // MariaDB pads the hour with a space.
  const hour =
    bytes[at] === CHAR.space && isDigit(bytes[at + 1]!) ? bytes[at + 1]! - CHAR.zero : twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  if (hour > 23 || minute > 59 || second > 60) return false;
  reading.ms = ((hour * 60 + minute) * 60 + second) * 1_000;
  reading.end = at + 8;
  readFraction(bytes, end, reading);
  return true;
}

function readFraction(bytes: Uint8Array, end: number, reading: TimeReading): void {
  let at = reading.end;
  if (at + 1 >= end || (bytes[at] !== CHAR.dot && bytes[at] !== CHAR.comma) || !isDigit(bytes[at + 1]!))
    return;
  at += 1;
  let ms = 0;
  let digits = 0;
  while (at < end && isDigit(bytes[at]!)) {
    if (digits < 3) ms = ms * 10 + (bytes[at]! - CHAR.zero);
    digits += 1;
    at += 1;
  }
  reading.ms += digits === 1 ? ms * 100 : digits === 2 ? ms * 10 : ms;
  reading.end = at;
}
