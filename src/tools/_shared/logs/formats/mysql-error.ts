import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readAnyTime } from '../time/any.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, find, isDigit, skipSpaces } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const LINE =
  /^(?:\d{4}-\d\d-\d\d[T ] ?|\d{6} +)\d?\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)? (?:(?<thread>\d+|0x[\da-f]+) )?\[(?:ERROR|Warning|Note|System|WARNING|NOTE)\](?: \[(?<code>MY-\d+)\] \[(?<subsystem>\w+)\])?/;

export const mysqlError: LogFormat = {
  name: 'mysql-error',
  title: 'Error log of MySQL and MariaDB',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 18 && isDigit(bytes[start]!) && isDigit(bytes[start + 3]!),
  decode,
  fields: (view, sink) => void namedFields(LINE, headText(view.raw), sink),
  samples: [
    {
      text: '2026-03-01T08:15:30.123456Z 9 [ERROR] [MY-013183] [InnoDB] Assertion failure: btr0cur.cc:336 thread 140',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'Assertion failure: btr0cur.cc:336 thread 140',
        logger: 'InnoDB',
        fields: { thread: '9', code: 'MY-013183', subsystem: 'InnoDB' },
      },
    },
    {
      text: "2026-03-01  8:15:30 71 [Warning] Aborted connection 71 to db: 'shop' user: 'web' host: '10.0.0.7' (Got timeout reading communication packets)",
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message:
          "Aborted connection 71 to db: 'shop' user: 'web' host: '10.0.0.7' (Got timeout reading communication packets)",
      },
    },
    {
      text: '2026-03-01T08:15:30.123456Z 0 [System] [MY-010931] [Server] mysqld: ready for connections.',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'mysqld: ready for connections.',
        logger: 'Server',
      },
    },
    {
      text: '2026-03-01 08:15:30 0 [Note] InnoDB: Buffer pool(s) load completed',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'info',
        message: 'InnoDB: Buffer pool(s) load completed',
      },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  if (!readAnyTime(bytes, start, end, context, reading)) return false;
  const open = find(bytes, CHAR.openBracket, reading.end, Math.min(end, reading.end + 24));
  const close = find(bytes, CHAR.closeBracket, open, end);
  if (bytes[open] !== CHAR.openBracket || close >= end) return false;
  view.timeMs = reading.ms;
  view.level = levelOfWord(bytes, open + 1, close);
  // `Note` and `System` are neither warning nor error.
  if (view.level === LEVEL.unknown) view.level = LEVEL.info;
  let at = skipSpaces(bytes, close + 1, end);
  if (isErrorCode(bytes, at, end)) {
    const subsystemAt = skipSpaces(bytes, find(bytes, CHAR.closeBracket, at, end) + 1, end) + 1;
    const subsystemEnd = find(bytes, CHAR.closeBracket, subsystemAt, end);
    if (subsystemEnd < end) {
      setSlice(view.logger, bytes, subsystemAt, subsystemEnd);
      at = subsystemEnd + 1;
    }
  }
  setBody(view, at);
  return true;
}

/** `[MY-010931]` */
function isErrorCode(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at > 6 && bytes[at] === CHAR.openBracket && bytes[at + 1] === 0x4d && bytes[at + 2] === 0x59;
}
