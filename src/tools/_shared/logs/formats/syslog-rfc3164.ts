import type { LogFormat, DecodeContext } from '../format.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import { readIsoTime } from '../time/iso.ts';
import { readSyslogTime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, setBody } from './support/body.ts';
import { CHAR, findSpace, isDigit, skipSpaces } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { leadingLevel } from './support/leading-level.ts';
import { levelOfSeverity } from './support/level-words.ts';

const reading = createTimeReading();

const LINE =
  /^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))(?: (?<host>[\w.:%-]+)) (?:(?<program>[^\s:[\]]+)(?:\[(?<pid>[\w.-]*)\])?: ?)?/;

/**
 * What syslogd, rsyslog and journald write to files: RFC 3164, with or without its priority, and the same with the ISO time that rsyslog writes
 * by default now. Each line is a record: a trace that a program sends comes as one record a line.
 */
export const syslogRfc3164: LogFormat = {
  name: 'syslog-rfc3164',
  title: 'syslog (RFC 3164)',
  oneLine: true,
  score(line) {
    const match = LINE.exec(line);
    if (match === null) return 0;
    if (match.groups?.['program'] !== undefined) return 0.95;
    // An ISO time and two words is what many plain logs begin with.
    return /^[<A-Z]/.test(line) ? 0.7 : 0.3;
  },
  startsRecord(bytes, start, end) {
    const at = afterPriority(bytes, start, end);
    if (end - at < 16) return false;
    if (bytes[at + 3] === CHAR.space) return bytes[at + 6] === CHAR.space && isDigit(bytes[at + 5]!);
    return bytes[at + 4] === CHAR.minus && bytes[at + 10] === 0x54 && bytes[at + 13] === CHAR.colon;
  },
  decode,
  fields(view, sink) {
    namedFields(LINE, headText(view.raw), sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: 'Mar  1 08:15:30 web-3 sshd[4711]: error: maximum authentication attempts exceeded for root from 10.0.0.7 port 51234',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'maximum authentication attempts exceeded for root from 10.0.0.7 port 51234',
        logger: 'sshd',
        fields: { host: 'web-3', program: 'sshd', pid: '4711' },
      },
    },
    {
      text: '<11>Mar  1 08:15:30 10.1.2.3 cron[77]: job 9 failed user=backup',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'job 9 failed user=backup',
        logger: 'cron',
        fields: { host: '10.1.2.3', user: 'backup' },
      },
    },
    {
      text: 'Feb 29 23:59:60 db-1 kernel: [ 1234.5678] Out of memory: Killed process 991 (postgres)',
      expected: {
        time: '2024-03-01T00:00:00.000Z',
        level: 'unknown',
        message: '[ 1234.5678] Out of memory: Killed process 991 (postgres)',
        logger: 'kernel',
      },
    },
    {
      text: '2026-03-01T08:15:30.123456+01:00 web-3 systemd[1]: shop.service: Failed with result exit-code.',
      expected: {
        time: '2026-03-01T07:15:30.123Z',
        level: 'unknown',
        message: 'shop.service: Failed with result exit-code.',
        logger: 'systemd',
        fields: { host: 'web-3' },
      },
    },
    {
      text: 'Mar  1 08:15:30 web-3 last message repeated 2 times',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'unknown',
        message: 'last message repeated 2 times',
      },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start, end } = view.raw;
  const timeAt = afterPriority(bytes, start, end);
  if (
    !readSyslogTime(bytes, timeAt, end, context, reading) &&
    !readIsoTime(bytes, timeAt, end, context, reading)
  ) {
    return false;
  }
  view.timeMs = reading.ms;
  if (timeAt > start) view.level = levelOfSeverity(priority(bytes, start) % 8);
  const hostAt = reading.end + 1;
  const hostEnd = findSpace(bytes, hostAt, end);
  if (hostEnd >= end) {
    setBody(view, Math.min(hostAt, end));
    return true;
  }
  const messageAt = readTag(view, hostEnd + 1, end);
  const level = leadingLevel(bytes, messageAt, end);
  if (level === null) setBody(view, messageAt);
  else {
    if (timeAt === start) view.level = level.level;
    setBody(view, level.end);
  }
  return true;
}

/** `<34>`: facility and severity; offset of what follows, or `start`. */
function afterPriority(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || bytes[start] !== CHAR.less) return start;
  let at = start + 1;
  while (at < end && at - start < 4 && isDigit(bytes[at]!)) at += 1;
  return at < end && bytes[at] === CHAR.greater && at > start + 1 ? at + 1 : start;
}

function priority(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start + 1; bytes[at] !== CHAR.greater; at += 1) value = value * 10 + (bytes[at]! - CHAR.zero);
  return value;
}

const LONGEST_TAG = 64;

/** `sshd[4711]: ` or `kernel: `; returns where the message begins. A first word without its colon is part of the message. */
function readTag(view: RecordView, at: number, end: number): number {
  const { bytes } = view.raw;
  const limit = Math.min(end, at + LONGEST_TAG);
  let next = at;
  let nameEnd = -1;
  while (next < limit) {
    const byte = bytes[next]!;
    if (byte === CHAR.colon) break;
    if (byte === CHAR.space || byte === CHAR.tab) return at;
    if (byte === CHAR.openBracket && nameEnd === -1) nameEnd = next;
    next += 1;
  }
  if (next >= limit || next === at) return at;
  setSlice(view.logger, bytes, at, nameEnd === -1 ? next : nameEnd);
  return skipSpaces(bytes, next + 1, end);
}
