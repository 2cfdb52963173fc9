import { LEVEL } from '../../../../core/log/level.ts';
import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readAnyTime } from '../time/any.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, findFar, isUpper } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { levelOfPostgresql } from './support/postgresql-level.ts';

const reading = createTimeReading();

/** A prefix (`log_line_prefix`) can be anything; past this length a line is not taken for one of the server's. */
const LONGEST_PREFIX = 400;

const SEVERITY =
  /^\S.{0,400}?(?<![A-Z])(?<severity>DEBUG[1-5]|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC): {2}\S/;
const PREFIX_PARTS: readonly RegExp[] = [
  /^[^[]{0,60}\[(?<pid>\d+)(?:-\d+)?\]/,
  /(?<![\w=])(?<user>[\w-]+)@(?<database>[\w-]+)/,
  /\b(?:user|u)=(?<user>[^,\s]+)/,
  /\b(?:db|d|database)=(?<database>[^,\s]+)/,
  /\bapp=(?<application>[^,\s]+)/,
  /\b(?:client|host|h)=(?<client>[^,\s]+)/,
];
const SECONDARY =
  /(?:^|\n).{0,400}?(?<![A-Z])(DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION): {2}([^\n]*(?:\n\t[^\n]*)*)/g;

export const postgresql: LogFormat = {
  name: 'postgresql',
  title: 'PostgreSQL (stderr)',
  score: (line) => {
    if (!SEVERITY.test(line)) return 0;
    return /^[\d[<]/.test(line) ? 0.97 : 0.6;
  },
  // DETAIL, HINT, CONTEXT and STATEMENT carry the prefix again and belong to the message before.
  startsRecord: (bytes, start, end) => isPrimary(bytes, start, end),
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    const severity = SEVERITY.exec(text);
    const prefix = text.slice(
      0,
      severity === null ? 0 : severity[0].lastIndexOf(severity.groups?.['severity'] ?? ''),
    );
    if (severity?.groups?.['severity'] !== undefined) sink('severity', severity.groups['severity']);
    for (const part of PREFIX_PARTS) namedFields(part, prefix, sink);
    for (const [, label = '', value = ''] of text.matchAll(SECONDARY)) sink(label.toLowerCase(), value);
  },
  samples: [
    {
      text: '2026-03-01 08:15:30.123 UTC [4711] web@shop ERROR:  duplicate key value violates unique constraint "users_email_key"\n2026-03-01 08:15:30.123 UTC [4711] web@shop DETAIL:  Key (email)=(a@b.example) already exists.\n2026-03-01 08:15:30.123 UTC [4711] web@shop STATEMENT:  INSERT INTO users (email)\n\tVALUES ($1)',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'duplicate key value violates unique constraint "users_email_key"',
        fields: {
          severity: 'ERROR',
          pid: '4711',
          user: 'web',
          database: 'shop',
          detail: 'Key (email)=(a@b.example) already exists.',
          statement: 'INSERT INTO users (email)\n\tVALUES ($1)',
        },
      },
    },
    {
      text: '2026-03-01 09:15:30 CET [4711]: [3-1] user=web,db=shop,app=api,client=10.0.0.7 FATAL:  sorry, too many clients already',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'fatal',
        message: 'sorry, too many clients already',
        fields: { user: 'web', database: 'shop', application: 'api', client: '10.0.0.7' },
      },
    },
    {
      text: '2026-03-01 08:15:30.123 UTC [9] LOG:  duration: 1712.4 ms  statement: SELECT *\n\tFROM orders',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'duration: 1712.4 ms  statement: SELECT *\n\tFROM orders',
      },
    },
  ],
};

/**
 * Offset of the colon of the first `WORD:  ` in a line, where the word is in capitals: two spaces behind the colon are what every message of the
 * server has and hardly anything else. -1 when there is none. The word may end in a figure (`DEBUG1`).
 */
function labelColon(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end - 2, start + LONGEST_PREFIX);
  for (let at = start + 1; at < limit; at += 1) {
    if (bytes[at] !== CHAR.colon || bytes[at + 1] !== CHAR.space || bytes[at + 2] !== CHAR.space) continue;
    const last = bytes[at - 1]!;
    if (isUpper(last) || (last >= 0x31 && last <= 0x35)) return at;
  }
  return -1;
}

function labelStart(bytes: Uint8Array, start: number, colon: number): number {
  let at = colon;
  while (at > start && (isUpper(bytes[at - 1]!) || (bytes[at - 1]! >= 0x31 && bytes[at - 1]! <= 0x35)))
    at -= 1;
  return at;
}

function isPrimary(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end || bytes[start]! <= CHAR.space) return false;
  const colon = labelColon(bytes, start, end);
  return colon !== -1 && levelOfPostgresql(bytes, labelStart(bytes, start, colon), colon) !== LEVEL.unknown;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start, end } = view.raw;
  const lineEnd = firstLineEnd(view);
  const colon = labelColon(bytes, start, lineEnd);
  if (colon === -1) return false;
  view.level = levelOfPostgresql(bytes, labelStart(bytes, start, colon), colon);
  if (view.level === LEVEL.unknown) return false;
  const timeAt = bytes[start] === CHAR.openBracket || bytes[start] === CHAR.less ? start + 1 : start;
  if (readAnyTime(bytes, timeAt, lineEnd, context, reading)) view.timeMs = reading.ms;
  setBody(view, colon + 1);
  if (view.lines !== 1) view.message.end = messageEnd(bytes, lineEnd, end);
  view.stack.end = view.stack.start;
  return true;
}

/** The message goes on in lines that begin with a tab. */
function messageEnd(bytes: Uint8Array, lineEnd: number, end: number): number {
  let at = lineEnd;
  while (at + 1 < end && bytes[at + 1] === CHAR.tab) at = findFar(bytes, CHAR.newline, at + 1, end);
  return at;
}
