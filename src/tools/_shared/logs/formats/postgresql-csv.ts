import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type ByteSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord } from './support/body.ts';
import { CHAR, isDigit } from './support/bytes.ts';
import { headText } from './support/fields.ts';
import { levelOfPostgresql } from './support/postgresql-level.ts';

const reading = createTimeReading();
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z+\-\d]{1,6},(?:"[^"]*")?,(?:"[^"]*")?,\d*,/;

/** Columns in the order of the documentation (csvlog); later versions add more behind. */
const COLUMNS = [
  'log_time',
  'user',
  'database',
  'pid',
  'client',
  'session_id',
  'session_line',
  'command',
  'session_start',
  'virtual_transaction',
  'transaction',
  'severity',
  'sql_state',
  'message',
  'detail',
  'hint',
  'internal_query',
  'internal_query_position',
  'context',
  'statement',
  'statement_position',
  'location',
  'application',
] as const;
const SEVERITY = COLUMNS.indexOf('severity');
const MESSAGE = COLUMNS.indexOf('message');

export const postgresqlCsv: LogFormat = {
  name: 'postgresql-csv',
  title: 'PostgreSQL (csvlog)',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 26 &&
    isDigit(bytes[start]!) &&
    bytes[start + 4] === CHAR.minus &&
    bytes[start + 10] === CHAR.space &&
    bytes[start + 19] === CHAR.dot,
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    let column = 0;
    for (const [, quoted, bare] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"]*))(?:,|$)/g)) {
      const name = COLUMNS[column];
      if (name === undefined) return;
      const value = quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"');
      if (value !== '' && name !== 'log_time' && name !== 'message') sink(name, value);
      column += 1;
    }
  },
  samples: [
    {
      text: '2026-03-01 08:15:30.123 UTC,"web","shop",4711,"10.0.0.7:51234",69a3f1c2.1267,3,"INSERT",2026-03-01 08:00:00 UTC,3/17,991,ERROR,23505,"duplicate key value violates unique constraint ""users_email_key""","Key (email)=(a@b.example) already exists.",,,,,"INSERT INTO users\nVALUES ($1)",,,"api","client backend",,0',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'duplicate key value violates unique constraint "users_email_key"',
        fields: {
          user: 'web',
          database: 'shop',
          sql_state: '23505',
          statement: 'INSERT INTO users\nVALUES ($1)',
          application: 'api',
        },
      },
    },
    {
      text: '2026-03-01 08:15:30.123 UTC,,,9,,69a3f1c2.9,1,,2026-03-01 08:00:00 UTC,,0,LOG,00000,"checkpoint starting: time",,,,,,,,,"","checkpointer",,0',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'checkpoint starting: time',
        fields: { pid: '9', sql_state: '00000' },
      },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start, end } = view.raw;
  if (!readIsoTime(bytes, start, end, context, reading)) return false;
  view.timeMs = reading.ms;
  let at = start;
  for (let column = 0; column <= MESSAGE && at < end; column += 1) {
    const isQuoted = bytes[at] === CHAR.quote;
    const valueAt = isQuoted ? at + 1 : at;
    const valueEnd = isQuoted ? quotedEnd(bytes, valueAt, end) : bareEnd(bytes, valueAt, end);
    if (column === SEVERITY) view.level = levelOfPostgresql(bytes, valueAt, valueEnd);
    if (column === MESSAGE) setUnquoted(view.message, context, bytes, valueAt, valueEnd);
    at = valueEnd + (isQuoted ? 2 : 1);
  }
  return view.level !== LEVEL.unknown;
}

function bareEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CHAR.comma) at += 1;
  return at;
}

/** A doubled quote is one of the value. */
function quotedEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    if (bytes[at] === CHAR.quote) {
      if (bytes[at + 1] !== CHAR.quote || at + 1 >= end) return at;
      at += 1;
    }
    at += 1;
  }
  return end;
}

function setUnquoted(
  slice: ByteSlice,
  context: DecodeContext,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  let at = start;
  while (at < end && bytes[at] !== CHAR.quote) at += 1;
  if (at >= end) {
    setSlice(slice, bytes, start, end);
    return;
  }
  if (context.scratch.length < end - start) context.scratch = new Uint8Array((end - start) * 2);
  const { scratch } = context;
  let to = 0;
  for (at = start; at < end; at += 1) {
    scratch[to++] = bytes[at]!;
    if (bytes[at] === CHAR.quote && bytes[at + 1] === CHAR.quote) at += 1;
  }
  setSlice(slice, scratch, 0, to);
}
