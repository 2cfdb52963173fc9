/** A span of time in which failures were expected. */
export interface MaintenanceWindow {
  name: string;
  /** Wall clock, epoch milliseconds; `to` is exclusive. */
  fromMs: number;
  toMs: number;
  /** Targets, endpoints or dependencies it is about, `*` allowed; empty is everything. */
  subjects: readonly string[];
}

/** A window that comes back, in local time. */
export interface MaintenancePlan {
  name: string;
  /** `mon` to `sun`, the days on which it begins; every day when left out. */
  days?: readonly string[] | undefined;
  /** `02:30`, wall clock of the time zone. */
  from: string;
  to: string;
  /** IANA name. */
  timeZone: string;
  subjects: readonly string[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** As `Date.getUTCDay` counts. */
const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Local dates are within a day of those of UTC, and a window may begin on the date before. */
const DATES_AROUND = 2;

/**
 * The windows of a plan that overlap the range, in order. They follow the wall clock of the zone: a time that is skipped when
 * the clocks go forward stands for the moment of the change, and of a time that exists twice the beginning is the first and
 * the end the last. A window that lies wholly in skipped time is none. Throws a RangeError for an unknown zone.
 */
export function occurrences(
  plan: MaintenancePlan,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): MaintenanceWindow[] {
  const instantsOf = localClock(plan.timeZone);
  const [begin, end] = [minutesOf(plan.from), minutesOf(plan.to)];
  const endDateOffsetMs = end > begin ? 0 : DAY_MS;
  const windows: MaintenanceWindow[] = [];
  const firstDate = Math.floor(fromMs / DAY_MS) - DATES_AROUND;
  const lastDate = Math.floor(toMs / DAY_MS) + DATES_AROUND;
  for (let date = firstDate; date <= lastDate; date += 1) {
    const midnightMs = date * DAY_MS;
    const day = DAY_NAMES[new Date(midnightMs).getUTCDay()] ?? '';
    if (plan.days !== undefined && !plan.days.includes(day)) continue;
    const begins = instantsOf(midnightMs + begin * MINUTE_MS).first;
    const ends = instantsOf(midnightMs + endDateOffsetMs + end * MINUTE_MS).last;
    if (begins >= ends || begins >= toMs || ends <= fromMs) continue;
    windows.push({ name: plan.name, fromMs: begins, toMs: ends, subjects: plan.subjects });
  }
  return windows;
}

/** Whether Intl knows the zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** First and last moment at which the clocks of a zone show a local time, written as if it were UTC. */
function localClock(timeZone: string): (localMs: number) => { first: number; last: number } {
  const formatter = formatterOf(timeZone);
  const offsetAt = (atMs: number): number => offsetOf(formatter, atMs);
  return (localMs) => {
    // Offsets are less than a day, so the moment lies between these two; clocks change at most once between them.
    const before = offsetAt(localMs - DAY_MS);
    const after = offsetAt(localMs + DAY_MS);
    const moments = [localMs - before, localMs - after].filter((atMs) => offsetAt(atMs) === localMs - atMs);
    if (moments.length > 0) return { first: Math.min(...moments), last: Math.max(...moments) };
    const change = changeBetween(offsetAt, localMs - after, localMs - before);
    return { first: change, last: change };
  };
}

/** The first moment with the offset that holds at `toMs`. */
function changeBetween(offsetAt: (atMs: number) => number, fromMs: number, toMs: number): number {
  const after = offsetAt(toMs);
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

/** What the clocks of the zone are ahead of UTC, in milliseconds. */
function offsetOf(formatter: Intl.DateTimeFormat, atMs: number): number {
  // Offsets are whole seconds, also those of local mean time.
  const wholeMs = Math.floor(atMs / 1_000) * 1_000;
  const shown = formatter.format(wholeMs).match(/\d+/g)?.map(Number) ?? [];
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
}

/** A formatter takes longer to make than all it is used for. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Shows `11/22/2026, 13:37:00`. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
