const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;

/** Date of a cookie's Expires by RFC 6265, section 5.1.1, which takes what servers really send; epoch milliseconds, or null. */
export function parseCookieDate(text: string): number | null {
  let time: readonly number[] | null = null;
  let [day, month, year]: (number | null)[] = [null, null, null];
  for (const token of text.split(DELIMITERS)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token);
    const monthOfToken = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (time === null && clock !== null) time = clock.slice(1).map(Number);
    else if (day === null && /^\d{1,2}(?!\d)/.test(token)) day = Number.parseInt(token, 10);
    else if (month === null && monthOfToken !== -1) month = monthOfToken;
    else if (year === null && /^\d{2,4}(?!\d)/.test(token)) year = Number.parseInt(token, 10);
  }
  if (time === null || day === null || month === null || year === null || year === undefined) return null;
  if (year <= 69) year += 2000;
  else if (year <= 99) year += 1900;
  const [hour = 0, minute = 0, second = 0] = time;
  if (year < 1601 || hour > 23 || minute > 59 || second > 59) return null;
  const ms = Date.UTC(year, month ?? 0, day ?? 1, hour, minute, second);
  // The 31st of June is no date.
  return new Date(ms).getUTCDate() === day ? ms : null;
}
