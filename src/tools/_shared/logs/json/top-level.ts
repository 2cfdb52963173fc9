import { createJsonMembers, nextMember, openObject } from './members.ts';

/** Members of a line's object with their values as written, strings without quotes. */
export type TopLevel = ReadonlyMap<string, string>;

const members = createJsonMembers();
let lastLine: string | null = null;
let lastMembers: TopLevel | null = null;

/** Cold. Every JSON format is asked about the same line in turn, so the last answer is kept. Null when it is no object. */
export function topLevelMembers(line: string): TopLevel | null {
  if (line !== lastLine) {
    lastLine = line;
    lastMembers = read(line);
  }
  return lastMembers;
}

function read(line: string): TopLevel | null {
  if (!line.startsWith('{')) return null;
  const bytes = Buffer.from(line);
  if (!openObject(members, bytes, 0, bytes.length)) return null;
  const found = new Map<string, string>();
  while (nextMember(members)) {
    found.set(
      bytes.toString('utf8', members.keyStart, members.keyEnd),
      bytes.toString('utf8', members.valueStart, members.valueEnd),
    );
  }
  return found.size === 0 || (members.isBroken && found.size < 2) ? null : found;
}

/** Whether a value is a whole number within bounds. */
export function isWholeNumber(value: string | undefined, least: number, most: number): boolean {
  return value !== undefined && /^\d{1,6}$/.test(value) && Number(value) >= least && Number(value) <= most;
}

export function isIsoTime(value: string | undefined): boolean {
  return value !== undefined && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value);
}

export function hasAll(found: TopLevel, ...names: readonly string[]): boolean {
  return names.every((name) => found.has(name));
}
