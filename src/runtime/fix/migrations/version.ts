import type { MigrationParts } from './types.ts';

/** `20261128161800123`: every stamp of digits that a framework writes is the beginning of it. */
const digitsOf = (ms: number): string => new Date(ms).toISOString().replace(/\D/g, '').slice(0, 17);

/** From this many digits on, a number is a time and no count. */
const SHORTEST_STAMP = 8;
const FULL_STAMP = 14;
const STEPS_MS = [1_000, 60_000, 86_400_000];

export interface Version {
  /** What stands before it: `V`, `Migration`. */
  prefix: string;
  version: string;
}

/** Parts as the name has them: `V2_1__x` is version `2_1`; null where a name has none. */
export function versionOf(name: string): Version | null {
  const match = /^([^\d]*)(\d+(?:[._]\d+)*)/.exec(name);
  return match === null ? null : { prefix: match[1] ?? '', version: match[2] ?? '' };
}

/**
 * The version after that of the head: the next number, as wide, where it counts; the time in the same form where it tells the time, and later than the head's
 * where that lies ahead.
 */
export function versionAfter(
  { head, stampMs }: Pick<MigrationParts, 'head' | 'stampMs'>,
  first: string,
): string {
  if (head === null) return first;
  const digits = /\d+/.exec(head.reference)?.[0];
  if (digits === undefined) return digitsOf(stampMs).slice(0, FULL_STAMP);
  return digits.length < SHORTEST_STAMP ? plusOne(digits) : stampAfter(digits, stampMs);
}

/** `20250101120000_users.js` goes on as `20261128160000_…`, `003-users.js` as `004-…`. */
export function nameAfter(parts: MigrationParts, extension: string): string {
  const { head, stampMs } = parts;
  const first = digitsOf(stampMs).slice(0, FULL_STAMP);
  const known = versionOf(head?.name ?? '');
  const separator = /^\D*\d[\d._]*?([-_])/.exec(head?.name ?? '')?.[1] ?? '_';
  const prefix = known === null ? '' : known.prefix;
  return `${prefix}${versionAfter(parts, first)}${separator}${parts.slug}.${extension}`;
}

/** As versionAfter, for frameworks that go by time stamps of 14 digits however the head is called. */
export function stampOf({ head, stampMs }: Pick<MigrationParts, 'head' | 'stampMs'>): string {
  const digits = /\d{8,}/.exec(head?.reference ?? '')?.[0] ?? '';
  return stampAfter(digits.length === FULL_STAMP ? digits : '0'.repeat(FULL_STAMP), stampMs);
}

/** `count` stamps or numbers in a row. */
export function versionsAfter(
  parts: Pick<MigrationParts, 'head' | 'stampMs'>,
  first: string,
  count: number,
): string[] {
  const versions: string[] = [];
  let { head } = parts;
  for (let index = 0; index < count; index += 1) {
    const version = versionAfter({ ...parts, head }, first);
    versions.push(version);
    head = { name: version, reference: version };
  }
  return versions;
}

/** The last part of `2.1` or `2_1` goes on. */
export function dottedAfter(version: string, stampMs: number): string {
  const [, before = '', last = '0'] = /^(.*?)(\d+)$/.exec(version) ?? [];
  return before + (last.length < SHORTEST_STAMP ? plusOne(last) : stampAfter(last, stampMs));
}

function plusOne(digits: string): string {
  return String(BigInt(digits) + 1n).padStart(digits.length, '0');
}

/** Digits of a date, or seconds or milliseconds since 1970, by their length and how they begin. */
function stampAfter(digits: string, stampMs: number): string {
  const form = (ms: number): string => {
    if (/^1\d{9}$/.test(digits)) return String(Math.floor(ms / 1_000));
    if (/^1\d{12}$/.test(digits)) return String(ms);
    return digitsOf(ms).slice(0, digits.length);
  };
  const isAfter = (candidate: string): boolean =>
    candidate.length === digits.length && BigInt(candidate) > BigInt(digits);
  if (isAfter(form(stampMs))) return form(stampMs);
  // A head of the future, or of this very second.
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?/.exec(digits) ?? [];
  const headMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const later = Number.isNaN(headMs) ? [] : STEPS_MS.map((step) => form(headMs + step));
  return later.find(isAfter) ?? plusOne(digits);
}
