import { CHAR, fourDigits, isDigit, skipSpaces, twoDigits } from '../formats/support/bytes.ts';
import { assumedYear } from './assumed-year.ts';
import { dayMs, isDate } from './civil.ts';
import { readClockTime } from './clock-time.ts';
import { isWeekdayAt, monthAt } from './months.ts';
import { localTime, type TimeContext, type TimeReading } from './reading.ts';
import { resolveZone } from './zone.ts';

/** `Mar  1 08:15:30`, `Mar 01 08:15:30.123`, `Mar  1 2026 08:15:30`: RFC 3164 and what devices make of it. Its year is the context's when it names none. */
export function readSyslogTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 14 || bytes[at + 3] !== CHAR.space) return false;
  const month = monthAt(bytes, at);
  if (month === 0) return false;
  let next = bytes[at + 4] === CHAR.space ? at + 5 : at + 4;
  const isTwo = isDigit(bytes[next + 1]!);
  const day = isTwo ? twoDigits(bytes, next) : bytes[next]! - CHAR.zero;
  next += isTwo ? 2 : 1;
  if (next >= end || bytes[next] !== CHAR.space || day < 1 || day > (isTwo ? 31 : 9)) return false;
  next += 1;
  let year = 0;
  if (end - next >= 13 && bytes[next + 4] === CHAR.space) {
    year = fourDigits(bytes, next);
    next += 5;
  }
  if (year > 9_999 || !readClockTime(bytes, next, end, reading)) return false;
  if (year === 0) year = assumedYear(month, day, context);
  if (!isDate(year, month, day)) return false;
  reading.ms = localTime(reading.ms + dayMs(year, month, day), context);
  return true;
}

/**
 * The day first: `01/Mar/2026:08:15:30 +0100` (access logs), `01-Mar-2026 08:15:30 Europe/Berlin` (PHP), `01 Mar 2026 08:15:30.123` (Redis).
 */
export function readDayFirstTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  const dayEnd = isDigit(bytes[at + 1] ?? 0) ? at + 2 : at + 1;
  if (end - dayEnd < 18) return false;
  const day = dayEnd === at + 2 ? twoDigits(bytes, at) : bytes[at]! - CHAR.zero;
  const separator = bytes[dayEnd];
  if (separator !== CHAR.slash && separator !== CHAR.minus && separator !== CHAR.space) return false;
  if (bytes[dayEnd + 4] !== separator) return false;
  const between = bytes[dayEnd + 9];
  if (between !== CHAR.colon && between !== CHAR.space) return false;
  const month = monthAt(bytes, dayEnd + 1);
  const year = fourDigits(bytes, dayEnd + 5);
  if (!isDate(year, month, day) || !readClockTime(bytes, dayEnd + 10, end, reading)) return false;
  reading.ms += dayMs(year, month, day);
  resolveZone(bytes, end, context, reading);
  return true;
}

/** C's `asctime`, and Apache's: `Sun Mar  1 08:15:30.123456 2026`, `Sun Mar  1 08:15:30 CET 2026` with the zone left out of account. */
export function readCtime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 24 || bytes[at + 3] !== CHAR.space || !isWeekdayAt(bytes, at)) return false;
  const month = monthAt(bytes, at + 4);
  const dayAt = skipSpaces(bytes, at + 7, end);
  const isTwo = isDigit(bytes[dayAt + 1] ?? 0);
  const day = isTwo ? twoDigits(bytes, dayAt) : (bytes[dayAt] ?? 0) - CHAR.zero;
  if (month === 0 || !readClockTime(bytes, dayAt + (isTwo ? 3 : 2), end, reading)) return false;
  const yearAt = reading.end + 1;
  if (end - yearAt < 4 || bytes[reading.end] !== CHAR.space) return false;
  const year = fourDigits(bytes, yearAt);
  if (!isDate(year, month, day)) return false;
  reading.ms = localTime(reading.ms + dayMs(year, month, day), context);
  reading.end = yearAt + 4;
  return true;
}

/** Java's old default: `Mar 1, 2026 8:15:30 AM`. */
export function readMeridiemTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 22 || bytes[at + 3] !== CHAR.space) return false;
  const month = monthAt(bytes, at);
  const isTwo = isDigit(bytes[at + 5]!);
  const day = isTwo ? twoDigits(bytes, at + 4) : bytes[at + 4]! - CHAR.zero;
  const comma = at + (isTwo ? 6 : 5);
  if (month === 0 || bytes[comma] !== CHAR.comma || bytes[comma + 6] !== CHAR.space) return false;
  const year = fourDigits(bytes, comma + 2);
  const hourAt = comma + 7;
  const isLong = isDigit(bytes[hourAt + 1]!);
  const hour = isLong ? twoDigits(bytes, hourAt) : bytes[hourAt]! - CHAR.zero;
  const rest = hourAt + (isLong ? 2 : 1);
  if (end - rest < 9 || bytes[rest] !== CHAR.colon || bytes[rest + 3] !== CHAR.colon) return false;
  const minute = twoDigits(bytes, rest + 1);
  const second = twoDigits(bytes, rest + 4);
  const half = bytes[rest + 7]! | 0x20;
  if (!isDate(year, month, day) || hour < 1 || hour > 12 || minute > 59 || second > 60) return false;
  if (
    bytes[rest + 6] !== CHAR.space ||
    (half !== 0x61 && half !== 0x70) ||
    (bytes[rest + 8]! | 0x20) !== 0x6d
  )
    return false;
  const hours = (hour % 12) + (half === 0x70 ? 12 : 0);
  reading.ms = localTime(dayMs(year, month, day) + ((hours * 60 + minute) * 60 + second) * 1_000, context);
  reading.end = rest + 9;
  return true;
}
