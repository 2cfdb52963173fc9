import { leapYearUpTo } from './civil.ts';
import type { TimeContext } from './reading.ts';

/** The year of a date that names none; the month is a real one. Says so in the context. */
export function assumedYear(month: number, day: number, context: TimeContext): number {
  context.assumedYear = true;
  const year = context.yearOf(month);
  return month === 2 && day === 29 ? leapYearUpTo(year) : year;
}
