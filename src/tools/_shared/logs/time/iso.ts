import { CHAR, fourDigits, twoDigits } from '../formats/support/bytes.ts';
import { dayMs, isDate } from './civil.ts';
import { readClockTime } from './clock-time.ts';
import type { TimeContext, TimeReading } from './reading.ts';
import { resolveZone } from './zone.ts';

/**
 * ISO 8601 and RFC 3339 as logs write them: `2026-03-01T08:15:30.123Z`, `2026-03-01 08:15:30,123 +0100`, `2026/03/01 08:15:30`. False and untouched
 * when nothing of that kind stands at `at`.
 */
export function readIsoTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 19) return false;
  const separator = bytes[at + 4];
  if ((separator !== CHAR.minus && separator !== CHAR.slash) || bytes[at + 7] !== separator) return false;
  const between = bytes[at + 10]!;
  if ((between | 0x20) !== 0x74 && between !== CHAR.space && between !== CHAR.underscore) return false;
  const year = fourDigits(bytes, at);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (!isDate(year, month, day) || !readClockTime(bytes, at + 11, end, reading)) return false;
  reading.ms += dayMs(year, month, day);
  resolveZone(bytes, end, context, reading);
  return true;
}
