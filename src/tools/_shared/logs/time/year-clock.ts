/** JSON: goes into the reader's state, so that a resumed run dates its lines as an uninterrupted one does. */
export interface YearState {
  /** The newest month that lines are thought to be of. */
  year: number;
  month: number;
  /** Month of the last line; 0 before the first. */
  lastMonth: number;
}

export interface YearClock {
  yearOf: (month: number) => number;
  state: () => YearState;
}

/**
 * Years for dates that name none. The newest lines of a file are of its last change (`modifiedMs`), so a later month than that is of the year
 * before. While a file is followed the newest month moves on, one month at a time; a year begins only where January comes after December. Lines
 * a little out of order change nothing: guessing at every fall of the month is what makes readers date whole files wrongly.
 */
export function createYearClock(modifiedMs: number, resume?: YearState): YearClock {
  const modified = new Date(Number.isFinite(modifiedMs) ? modifiedMs : 0);
  let { year, month, lastMonth } = resume ?? {
    year: modified.getUTCFullYear(),
    month: modified.getUTCMonth() + 1,
    lastMonth: 0,
  };
  return {
    yearOf: (wanted) => {
      if (wanted !== month && lastMonth === month && wanted === (month % 12) + 1) {
        month = wanted;
        if (wanted === 1) year += 1;
      }
      lastMonth = wanted;
      return wanted > month ? year - 1 : year;
    },
    state: () => ({ year, month, lastMonth }),
  };
}
