import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, setBody } from './support/body.ts';
import { CHAR, findSpace, isDigit } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { levelOfSeverity } from './support/level-words.ts';

const reading = createTimeReading();

const LINE =
  /^<\d{1,3}>1 (?:-|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (?<host>\S+) (?<program>\S+) (?<pid>\S+) (?<message_id>\S+) (?:-|\[)/;

export const syslogRfc5424: LogFormat = {
  name: 'syslog-rfc5424',
  title: 'syslog (RFC 5424)',
  oneLine: true,
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) => versionAt(bytes, start, end) !== -1,
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    namedFields(LINE, text, sink);
    // Structured data are pairs as well: `[origin ip="10.0.0.7"]`.
    pairFields(text.replace(/^(?:\S+ ){6}/, ''), sink);
  },
  samples: [
    {
      text: '<165>1 2026-03-01T08:15:30.003Z web-3 shop 4711 ID47 [origin@32473 tenant="acme \\"x\\" \\] corp" region="eu"][meta b="1"] \uFEFFcould not reserve order=17',
      expected: {
        time: '2026-03-01T08:15:30.003Z',
        level: 'info',
        message: 'could not reserve order=17',
        logger: 'shop',
        fields: { host: 'web-3', pid: '4711', message_id: 'ID47', region: 'eu', order: '17' },
      },
    },
    {
      text: '<11>1 2026-03-01T08:15:30.003456+01:00 web-3 shop - - - disk is full',
      expected: {
        time: '2026-03-01T07:15:30.003Z',
        level: 'error',
        message: 'disk is full',
        logger: 'shop',
      },
    },
    {
      text: '<8>1 - - - - - -',
      expected: { time: null, level: 'fatal', message: '' },
    },
  ],
};

/** Offset behind `<165>1 `, or -1. */
function versionAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 5 || bytes[start] !== CHAR.less) return -1;
  let at = start + 1;
  while (at < end && at - start < 4 && isDigit(bytes[at]!)) at += 1;
  if (
    at === start + 1 ||
    bytes[at] !== CHAR.greater ||
    bytes[at + 1] !== 0x31 ||
    bytes[at + 2] !== CHAR.space
  )
    return -1;
  return at + 3 < end ? at + 3 : -1;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start, end } = view.raw;
  const timeAt = versionAt(bytes, start, end);
  if (timeAt === -1) return false;
  const timeEnd = findSpace(bytes, timeAt, end);
  if (readIsoTime(bytes, timeAt, timeEnd, context, reading)) view.timeMs = reading.ms;
  const hostEnd = findSpace(bytes, timeEnd + 1, end);
  const programEnd = findSpace(bytes, hostEnd + 1, end);
  const pidEnd = findSpace(bytes, programEnd + 1, end);
  const idEnd = findSpace(bytes, pidEnd + 1, end);
  if (idEnd >= end) return false;
  view.level = levelOfSeverity(priority(bytes, start) % 8);
  if (bytes[hostEnd + 1] !== CHAR.minus) setSlice(view.logger, bytes, hostEnd + 1, programEnd);
  let at = afterStructuredData(bytes, idEnd + 1, end) + 1;
  // A byte order mark says that the message is UTF-8.
  if (end - at > 2 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  setBody(view, Math.min(at, end));
  return true;
}

function afterStructuredData(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === CHAR.minus) return at + 1;
  while (at < end && bytes[at] === CHAR.openBracket) {
    let isQuoted = false;
    while (at < end && (isQuoted || bytes[at] !== CHAR.closeBracket)) {
      if (bytes[at] === CHAR.quote) isQuoted = !isQuoted;
      at += isQuoted && bytes[at] === CHAR.backslash ? 2 : 1;
    }
    at += 1;
  }
  return Math.min(at, end);
}

function priority(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start + 1; bytes[at] !== CHAR.greater; at += 1) value = value * 10 + (bytes[at]! - CHAR.zero);
  return value;
}
