import { LEVEL, type LogLevel } from '../../../../core/log/level.ts';
import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readDayFirstTime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, isDigit, skipDigits } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';

const reading = createTimeReading();
const LINE = /^(?<pid>\d+):(?<role>[XCSM]) \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] /;

export const redis: LogFormat = {
  name: 'redis',
  title: 'Redis and Valkey',
  oneLine: true,
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) => timeOffset(bytes, start, end) !== -1,
  decode,
  fields: (view, sink) => void namedFields(LINE, headText(view.raw), sink),
  samples: [
    {
      text: "812:M 01 Mar 2026 08:15:30.123 # Can't save in background: fork: Cannot allocate memory",
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'warn',
        message: "Can't save in background: fork: Cannot allocate memory",
        fields: { pid: '812', role: 'M' },
      },
    },
    {
      text: '1:C 01 Mar 2026 08:15:30.123 * DB saved on disk',
      expected: { time: '2026-03-01T08:15:30.123Z', level: 'info', message: 'DB saved on disk' },
    },
  ],
};

/** Offset of the time behind `812:M `, or -1. */
function timeOffset(bytes: Uint8Array, start: number, end: number): number {
  const colon = skipDigits(bytes, start, end);
  if (colon === start || end - colon < 28 || bytes[colon] !== CHAR.colon) return -1;
  return bytes[colon + 2] === CHAR.space && isDigit(bytes[colon + 3]!) ? colon + 3 : -1;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  const at = timeOffset(bytes, start, end);
  if (at === -1 || !readDayFirstTime(bytes, at, end, context, reading)) return false;
  view.timeMs = reading.ms;
  view.level = reading.end + 1 < end ? levelOfMark(bytes[reading.end + 1]!) : LEVEL.unknown;
  if (view.level === LEVEL.unknown) return false;
  setBody(view, Math.min(reading.end + 3, end));
  return true;
}

/** The server has four levels; its warnings (`#`) are what other servers call errors and warnings. */
function levelOfMark(mark: number): LogLevel {
  if (mark === CHAR.hash) return LEVEL.warn;
  if (mark === CHAR.star) return LEVEL.info;
  if (mark === CHAR.minus) return LEVEL.debug;
  return mark === CHAR.dot ? LEVEL.trace : LEVEL.unknown;
}
