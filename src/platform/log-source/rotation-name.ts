/** What the name of a log file says about its place in a rotated set. */
export interface RotationName {
  /** Name of the set: without dates, numbers and packing. Dates that stand before it all become `*`. */
  base: string;
  /** Ending of a packed file: `gz`. */
  packing: string | null;
  /** Digits of its date, comparable within a set; null when it has none. */
  date: string | null;
  /** Null when it has none. */
  number: number | null;
}

const PACKED = /\.(gz|zst|zstd|bz2|xz)$/i;
const DAY = String.raw`(?:19|20)\d\d(?<separator>-|_|\.|)(?:0[1-9]|1[0-2])\k<separator>(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[-T_.]{0,2}\d\d(?:[-:._]?\d\d(?:[-:._]?\d\d(?:[.,]\d{1,6})?)?)?Z?|-\d{9,10})`;
const DATE = `${DAY}${TIME}?`;
/** `app.log-20250131`, `app.log.2025-01-31_13-05`, log4j's and logrotate's. */
const DATE_LAST = new RegExp(String.raw`^(?<base>.*[^-_.])[-_.]{1,2}(?<date>${DATE})$`);
/** `app-2025-01-31.log`, `app.2025-01-31.3.log`: logback's, winston's, lumberjack's. */
const DATE_INSIDE = new RegExp(
  String.raw`^(?<base>.*[^-_.])[-_.]{1,2}(?<date>${DATE})(?:[-.](?<number>\d{1,5}))?(?<ending>\.[A-Za-z][\w-]*)$`,
);
/** `2025-01-31.log`, `2025-01-31-app.log`. */
const DATE_FIRST = new RegExp(String.raw`^(?<date>${DATE})(?<base>[-_.].+)$`);
const NUMBER_LAST = /^(?<base>.+)\.(?<number>\d{1,6})$/;
const NUMBER_INSIDE = /^(?<base>.+)\.(?<number>\d{1,5})(?<ending>\.[A-Za-z][\w-]*)$/;
const OLD = /^(?<base>.+)[-.](?:old|bak)$/;
/** multilog and svlogd: TAI64N labels beside `current`. */
const TAI64N = /^@(?<date>[0-9a-f]{24})\.[a-z]$/;

/**
 * `exists`: whether a name stands in the same folder. `app.1.log` is a rotated `app.log` only where that exists: `worker.1.log` and
 * `worker.2.log` are two workers.
 */
export function rotationNameOf(name: string, exists: (name: string) => boolean): RotationName {
  const packing = PACKED.exec(name)?.[1]?.toLowerCase() ?? null;
  const plain = packing === null ? name : name.slice(0, -packing.length - 1);
  return { ...placeOf(plain, exists), packing };
}

type Place = Omit<RotationName, 'packing'>;

function placeOf(name: string, exists: (name: string) => boolean): Place {
  const label = TAI64N.exec(name)?.groups;
  if (label !== undefined) return { base: 'current', date: label['date']!, number: null };

  const last = NUMBER_LAST.exec(name)?.groups;
  // `.2025` may be a year, `.20250131` is a date.
  if (last !== undefined && DATE_LAST.exec(name) === null) {
    return { ...datedPlaceOf(last['base']!), number: Number(last['number']) };
  }
  const old = OLD.exec(name)?.groups;
  if (old !== undefined && exists(old['base']!)) return { base: old['base']!, date: null, number: 1 };

  const dated = datedPlaceOf(name);
  if (dated.date !== null) return dated;
  const inside = NUMBER_INSIDE.exec(name)?.groups;
  const base = inside === undefined ? '' : `${inside['base']}${inside['ending']}`;
  return inside !== undefined && exists(base)
    ? { base, date: null, number: Number(inside['number']) }
    : dated;
}

function datedPlaceOf(name: string): Place {
  const last = DATE_LAST.exec(name)?.groups;
  if (last !== undefined) return { base: last['base']!, date: digitsOf(last['date']!), number: null };
  const inside = DATE_INSIDE.exec(name)?.groups;
  if (inside !== undefined) {
    return {
      base: `${inside['base']}${inside['ending']}`,
      date: digitsOf(inside['date']!),
      number: inside['number'] === undefined ? null : Number(inside['number']),
    };
  }
  const first = DATE_FIRST.exec(name)?.groups;
  if (first !== undefined) return { base: `*${first['base']}`, date: digitsOf(first['date']!), number: null };
  return { base: name, date: null, number: null };
}

/** Padded, so that a day comes before the hours of it and texts compare as times do. */
function digitsOf(date: string): string {
  return date.replaceAll(/\D/g, '').padEnd(20, '0');
}

/** What an order of a set needs to know of a file. */
export interface Placed {
  place: RotationName;
  modifiedMs: number;
}

/**
 * Oldest first. Dates rise; numbers rise within a date (logback's, winston's) and fall without one (logrotate's: `.1` is the newest of the
 * rotated), unless the times of the files say otherwise (pino-roll counts up). A file with neither is the one that is written.
 */
export function oldestFirst<T extends Placed>(files: readonly T[]): T[] {
  const hasDates = files.some(({ place }) => place.date !== null);
  const isMixed = hasDates && files.some(({ place }) => place.date === null && place.number !== null);
  const rising = hasDates || countsUp(files);
  return files.toSorted((a, b) => {
    const live = Number(isLive(a)) - Number(isLive(b));
    if (live !== 0) return live;
    if (isMixed && a.modifiedMs !== b.modifiedMs) return a.modifiedMs - b.modifiedMs;
    const dates = compare(a.place.date ?? '', b.place.date ?? '');
    if (dates !== 0) return dates;
    const numbers = (a.place.number ?? -1) - (b.place.number ?? -1);
    return rising ? numbers : -numbers;
  });
}

export function isLive({ place }: Placed): boolean {
  return place.date === null && place.number === null;
}

function countsUp(files: readonly Placed[]): boolean {
  if (files.some(isLive)) return false;
  const byNumber = files.toSorted((a, b) => (a.place.number ?? -1) - (b.place.number ?? -1));
  const first = byNumber[0];
  const last = byNumber.at(-1);
  return first !== undefined && last !== undefined && last.modifiedMs > first.modifiedMs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
