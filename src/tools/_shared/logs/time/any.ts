import { CHAR, fourDigits, isDigit, isLetter, twoDigits } from '../formats/support/bytes.ts';
import { assumedYear } from './assumed-year.ts';
import { dayMs, isDate } from './civil.ts';
import { readClockTime } from './clock-time.ts';
import { readEpoch } from './epoch.ts';
import { readIsoTime } from './iso.ts';
import { readCtime, readDayFirstTime, readMeridiemTime, readSyslogTime } from './named-month.ts';
import { localTime, type TimeContext, type TimeReading } from './reading.ts';

/**
 * Whatever timestamp stands at `at`. Dates of figures alone with the day or the month first (`01/02/2026`) are left out, as nobody can tell which
 * one it is. A time of day alone is one, too: it marks where a record begins, and its `ms` is NaN.
 */
export function readAnyTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 8) return false;
  const first = bytes[at]!;
  if (isLetter(first)) {
    return (
      readSyslogTime(bytes, at, end, context, reading) ||
      readCtime(bytes, at, end, context, reading) ||
      readMeridiemTime(bytes, at, end, context, reading)
    );
  }
  if (!isDigit(first)) return false;
  if (readIsoTime(bytes, at, end, context, reading)) return true;
  if (bytes[at + 2] === CHAR.colon) {
    if (!readClockTime(bytes, at, end, reading)) return false;
    reading.ms = Number.NaN;
    return true;
  }
  return (
    readDayFirstTime(bytes, at, end, context, reading) ||
    readYearlessTime(bytes, at, end, context, reading) ||
    readShortYearTime(bytes, at, end, context, reading) ||
    readEpoch(bytes, at, end, reading)
  );
}

/** `03-01 08:15:30.123`: the month first, as ISO has it, and no year. */
function readYearlessTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 14 || bytes[at + 2] !== CHAR.minus || bytes[at + 5] !== CHAR.space) return false;
  const month = twoDigits(bytes, at);
  const day = twoDigits(bytes, at + 3);
  if (month < 1 || month > 12 || !readClockTime(bytes, at + 6, end, reading)) return false;
  const year = assumedYear(month, day, context);
  if (!isDate(year, month, day)) return false;
  reading.ms = localTime(reading.ms + dayMs(year, month, day), context);
  return true;
}

/** `26/03/01 08:15:30` (Spark, Hadoop), `20260301 08:15:30`, `20260301-08:15:30`, `260301 08:15:30` (old MySQL). */
function readShortYearTime(
  bytes: Uint8Array,
  at: number,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): boolean {
  if (end - at < 15) return false;
  let year: number;
  let month: number;
  let day: number;
  let dateEnd: number;
  if (bytes[at + 2] === CHAR.slash && bytes[at + 5] === CHAR.slash) {
    year = 2_000 + twoDigits(bytes, at);
    month = twoDigits(bytes, at + 3);
    day = twoDigits(bytes, at + 6);
    dateEnd = at + 8;
  } else if (bytes[at + 6] === CHAR.space) {
    year = 2_000 + twoDigits(bytes, at);
    month = twoDigits(bytes, at + 2);
    day = twoDigits(bytes, at + 4);
    dateEnd = at + 6;
  } else {
    year = fourDigits(bytes, at);
    month = twoDigits(bytes, at + 4);
    day = twoDigits(bytes, at + 6);
    dateEnd = at + 8;
  }
  const between = bytes[dateEnd];
  if (between !== CHAR.space && between !== CHAR.minus && between !== 0x54) return false;
  if (year > 2_099 || !isDate(year, month, day) || !readClockTime(bytes, dateEnd + 1, end, reading))
    return false;
  reading.ms = localTime(reading.ms + dayMs(year, month, day), context);
  return true;
}
