/** One message of a PostgreSQL server's log, whatever the format it was written in. */
export interface LogRecord {
  /** Epoch milliseconds; null where the line prefix has no time that says its zone. */
  atMs: number | null;
  processId: number | null;
  user: string | null;
  database: string | null;
  application: string | null;
  /** LOG, ERROR, FATAL, PANIC, WARNING … */
  severity: string;
  /** SQLSTATE, five characters. */
  code: string | null;
  /** May have several lines. */
  message: string;
  detail: string | null;
  context: string | null;
  /** The statement that was running. */
  statement: string | null;
  queryId: string | null;
}

/** Takes lines as they come and gives records as soon as they are whole. Never throws: what it cannot read it counts. */
export interface LogReader {
  push(line: string): LogRecord[];
  /** What the last lines left. */
  end(): LogRecord[];
  /** Lines that are no part of any record. */
  unreadable(): number;
}

export const EMPTY_RECORD: LogRecord = {
  atMs: null,
  processId: null,
  user: null,
  database: null,
  application: null,
  severity: 'LOG',
  code: null,
  message: '',
  detail: null,
  context: null,
  statement: null,
  queryId: null,
};

/** `2026-11-28 03:15:42.123 UTC`: null for zones that only a table of names could tell. */
export function readLogTime(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?) ?(UTC|GMT|Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
    text.trim(),
  );
  if (!match) return null;
  const [, day, time, zone] = match;
  const offset = zone === undefined || !/^[+-]/.test(zone) ? 'Z' : zone.length === 3 ? `${zone}:00` : zone;
  if (zone === undefined) return null;
  const atMs = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(atMs) ? null : atMs;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
