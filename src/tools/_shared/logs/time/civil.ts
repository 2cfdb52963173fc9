const DAY_MS = 86_400_000;

let lastDate = 0;
let lastDayMs = 0;

/**
 * Epoch ms of the beginning of a day (UTC, proleptic Gregorian); month 1 to 12. Most lines are of the day of the line before, so the last answer
 * is kept: it depends on nothing but the date.
 */
export function dayMs(year: number, month: number, day: number): number {
  const date = year * 512 + month * 32 + day;
  if (date !== lastDate) {
    lastDayMs = daysFromCivil(year, month, day) * DAY_MS;
    lastDate = date;
  }
  return lastDayMs;
}

/** Days since 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so the leap day is their last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether such a day can be; 29 February of a common year cannot. */
export function isDate(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9_999 || month < 1 || month > 12 || day < 1 || day > DAYS[month]!) return false;
  return day !== 29 || month !== 2 || isLeapYear(year);
}

/**
 * The year of 29 February when a year was only assumed: the last leap year up to it. Without this a leap day that is read a year later would
 * become 1 March.
 */
export function leapYearUpTo(year: number): number {
  while (!isLeapYear(year)) year -= 1;
  return year;
}
