import { CHAR, isDigit, isLetter, isUpper, twoDigits } from '../formats/support/bytes.ts';
import { localTime, type TimeContext, type TimeReading } from './reading.ts';

/**
 * Minutes east of UTC of names that servers write. Some names mean several zones: CST and MST are read as North America's, BST as Britain's, IST
 * as India's, as `tz` database consumers commonly do.
 */
const NAMED_ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 60,
  BST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  IST: 330,
  SGT: 480,
  HKT: 480,
  AWST: 480,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  BRT: -180,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const LONGEST_ZONE_NAME = 40;

/**
 * Turns the local time in `reading` into an instant by the zone written behind it: `Z`, `+02:00`, `+0200`, `-05`, ` +0200`, ` UTC`,
 * ` Europe/Berlin`. Without one the zone of the context holds.
 */
export function resolveZone(
  bytes: Uint8Array,
  end: number,
  context: TimeContext,
  reading: TimeReading,
): void {
  const at = reading.end;
  if (at < end) {
    const byte = bytes[at]!;
    if (byte === 0x5a || byte === 0x7a) {
      reading.end = at + 1;
      return;
    }
    if (byte === CHAR.plus || byte === CHAR.minus) {
      if (readOffset(bytes, at, end, 2, reading)) return;
    } else if (byte === CHAR.space && at + 1 < end) {
      const next = bytes[at + 1]!;
      // Behind a space two digits alone may be anything: ` -12 objects left`.
      if ((next === CHAR.plus || next === CHAR.minus) && readOffset(bytes, at + 1, end, 4, reading)) return;
      if (isUpper(next) && readZoneName(bytes, at + 1, end, reading)) return;
    }
  }
  reading.ms = localTime(reading.ms, context);
}

function readOffset(
  bytes: Uint8Array,
  at: number,
  end: number,
  digits: number,
  reading: TimeReading,
): boolean {
  if (end - at < 3) return false;
  const hours = twoDigits(bytes, at + 1);
  if (hours > 18) return false;
  let minutes = 0;
  let next = at + 3;
  const minutesAt = next < end && bytes[next] === CHAR.colon ? next + 1 : next;
  if (end - minutesAt >= 2 && twoDigits(bytes, minutesAt) < 60) {
    minutes = twoDigits(bytes, minutesAt);
    next = minutesAt + 2;
  } else if (digits === 4) return false;
  if (next < end && isDigit(bytes[next]!)) return false;
  const offset = (hours * 60 + minutes) * 60_000;
  reading.ms += bytes[at] === CHAR.minus ? offset : -offset;
  reading.end = next;
  return true;
}

function readZoneName(bytes: Uint8Array, at: number, end: number, reading: TimeReading): boolean {
  let next = at;
  let isRegion = false;
  while (next < end && next - at < LONGEST_ZONE_NAME) {
    const byte = bytes[next]!;
    if (byte === CHAR.slash) isRegion = true;
    else if (!isLetter(byte) && byte !== CHAR.underscore && !(isRegion && byte === CHAR.minus)) break;
    next += 1;
  }
  if (!isRegion && next - at > 4) return false;
  const name = String.fromCharCode(...bytes.subarray(at, next));
  const offset = isRegion ? regionOffset(name, reading.ms) : namedOffset(name);
  if (offset === null) return false;
  reading.ms -= offset * 60_000;
  reading.end = next;
  return true;
}

let lastName = '';
let lastOffset: number | null = null;

function namedOffset(name: string): number | null {
  if (name !== lastName) {
    lastName = name;
    lastOffset = Object.hasOwn(NAMED_ZONES, name) ? NAMED_ZONES[name]! : null;
  }
  return lastOffset;
}

const HOUR_MS = 3_600_000;
let lastRegion = '';
let lastRegionHour = Number.NaN;
let lastRegionOffset: number | null = null;

/** Minutes east of UTC of a region at a local time; the last hour's answer is kept, as asking costs microseconds. Null for unknown regions. */
function regionOffset(region: string, localMs: number): number | null {
  const hour = Math.floor(localMs / HOUR_MS);
  if (region !== lastRegion || hour !== lastRegionHour) {
    lastRegion = region;
    lastRegionHour = hour;
    lastRegionOffset = askRegion(region, localMs);
  }
  return lastRegionOffset;
}

function askRegion(region: string, localMs: number): number | null {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: region, timeZoneName: 'longOffset' });
    // The instant is not known yet: the offset at the local time taken as UTC is right but for the hours around a change, and once more settles those.
    const first = offsetAt(format, localMs);
    return offsetAt(format, localMs - first * 60_000);
  } catch {
    return null;
  }
}

function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}
