import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readCtime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, find, indexOf, isDigit, startsWith } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const CLIENT = ascii('[client ');
const REFERER = ascii(', referer: ');

const LINE =
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] \[(?:(?<module>[\w-]*):)?(?:trace[1-8]|debug|info|notice|warn|error|crit|alert|emerg)\](?: \[pid (?<pid>\d+)[^\]]*\])?/;
const DETAILS = /\[client (?<client>[^\]]+?)(?::\d+)?\]/;
const CODE = /\b(?<code>AH\d{5})\b/;

export const apacheError: LogFormat = {
  name: 'apache-error',
  title: 'Error log of Apache (2.2, 2.4)',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 26 &&
    bytes[start] === CHAR.openBracket &&
    bytes[start + 4] === CHAR.space &&
    bytes[start + 8] === CHAR.space &&
    isDigit(bytes[start + 10]!),
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    namedFields(LINE, text, sink);
    namedFields(DETAILS, text, sink);
    namedFields(CODE, text, sink);
  },
  samples: [
    {
      text: '[Sun Mar 01 08:15:30.123456 2026] [proxy:error] [pid 812:tid 140] (111)Connection refused: AH00957: HTTP: attempt to connect to 127.0.0.1:3000 (localhost) failed',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message:
          '(111)Connection refused: AH00957: HTTP: attempt to connect to 127.0.0.1:3000 (localhost) failed',
        logger: 'proxy',
        fields: { module: 'proxy', pid: '812', code: 'AH00957' },
      },
    },
    {
      text: '[Sun Mar 01 08:15:30.123456 2026] [core:info] [pid 812] [client 10.0.0.7:5123] AH00128: File does not exist: /srv/www/a.png, referer: https://shop.example/?q=1',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'AH00128: File does not exist: /srv/www/a.png',
        logger: 'core',
        fields: { client: '10.0.0.7' },
      },
    },
    {
      text: '[Sun Mar  1 08:15:30 2026] [notice] workerEnv.init() ok /etc/httpd/conf/workers.properties',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'info',
        message: 'workerEnv.init() ok /etc/httpd/conf/workers.properties',
      },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  if (start >= end || bytes[start] !== CHAR.openBracket) return false;
  if (!readCtime(bytes, start + 1, end, context, reading)) return false;
  view.timeMs = reading.ms;
  const open = reading.end + 2;
  const close = find(bytes, CHAR.closeBracket, open, end);
  if (close >= end || bytes[open] !== CHAR.openBracket) return false;
  readLevel(view, open + 1, close);
  let at = close + 2;
  while (at < end && bytes[at] === CHAR.openBracket && isOwnBracket(bytes, at, end)) {
    at = find(bytes, CHAR.closeBracket, at, end) + 2;
  }
  setBody(view, Math.min(at, end));
  const { message } = view;
  const referer = indexOf(bytes, message.start, message.end, REFERER);
  if (referer !== -1) message.end = referer;
  return true;
}

const PID = ascii('[pid ');

/** Brackets of the server stand before the message; others are its first words. */
function isOwnBracket(bytes: Uint8Array, at: number, end: number): boolean {
  return startsWith(bytes, at, end, PID) || startsWith(bytes, at, end, CLIENT);
}

/** `proxy:error`, `error`, `core:trace3`. */
function readLevel(view: RecordView, start: number, end: number): void {
  const { bytes } = view.raw;
  const colon = find(bytes, CHAR.colon, start, end);
  const at = colon < end ? colon + 1 : start;
  if (colon < end) setSlice(view.logger, bytes, start, colon);
  view.level = levelOfWord(bytes, at, end);
  if (view.level === LEVEL.unknown && end > at && isDigit(bytes[end - 1]!))
    view.level = levelOfWord(bytes, at, end - 1);
}
