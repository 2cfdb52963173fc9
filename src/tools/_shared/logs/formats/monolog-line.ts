import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, find, indexOf, isDigit, trimEnd } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const CONTEXT = ascii(' {"');
const EMPTY = ascii(' [] []');
const EMPTY_EXTRA = ascii(' []');

const LINE =
  /^\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)?\] (?<channel>[\w-]+)\.(?:DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): /;
const USER = /"userId":"?(?<user>[\w-]+)/;

export const monologLine: LogFormat = {
  name: 'monolog-line',
  title: 'Monolog lines (Laravel, Symfony)',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 24 &&
    bytes[start] === CHAR.openBracket &&
    isDigit(bytes[start + 1]!) &&
    bytes[start + 5] === CHAR.minus &&
    bytes[start + 8] === CHAR.minus,
  decode(view, context) {
    beginRecord(view);
    const { bytes, start } = view.raw;
    const end = firstLineEnd(view);
    if (start >= end || bytes[start] !== CHAR.openBracket) return false;
    if (!readIsoTime(bytes, start + 1, end, context, reading) || reading.end >= end) return false;
    if (bytes[reading.end] !== CHAR.closeBracket) return false;
    const channelAt = reading.end + 2;
    const dot = find(bytes, CHAR.dot, channelAt, end);
    const colon = find(bytes, CHAR.colon, dot, end);
    view.level = levelOfWord(bytes, dot + 1, colon);
    if (colon >= end || view.level === LEVEL.unknown) return false;
    view.timeMs = reading.ms;
    setSlice(view.logger, bytes, channelAt, dot);
    setBody(view, colon + 1);
    cutContext(view.message);
    setException(view, context, end);
    return true;
  },
  fields(view, sink) {
    const text = headText(view.raw);
    namedFields(LINE, text, sink);
    namedFields(USER, text, sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: '[2026-03-01 08:15:30] production.ERROR: Undefined array key "sku" {"userId":17,"exception":"[object] (ErrorException(code: 0): Undefined array key \\"sku\\" at /srv/app/Cart.php:12)\n[stacktrace]\n#0 /srv/app/Cart.php(12): handle()\n#1 {main}\n"} ',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'Undefined array key "sku"',
        exceptionType: 'ErrorException',
        stack: 'ErrorException: Undefined array key "sku" at /srv/app/Cart.php:12)',
        logger: 'production',
        fields: { channel: 'production', user: '17' },
      },
    },
    {
      text: '[2026-03-01T08:15:30.123456+01:00] app.INFO: cache warmed in 12 ms [] []',
      expected: {
        time: '2026-03-01T07:15:30.123Z',
        level: 'info',
        message: 'cache warmed in 12 ms',
        logger: 'app',
      },
    },
  ],
};

/** Context and extra follow the message as JSON: objects, or `[]` when empty. */
function cutContext(message: { bytes: Uint8Array; start: number; end: number }): void {
  const { bytes, start, end } = message;
  const context = indexOf(bytes, start, end, CONTEXT);
  if (context !== -1) message.end = trimEnd(bytes, start, context);
  for (const empty of [EMPTY, EMPTY_EXTRA]) {
    const at = message.end - empty.length;
    if (at >= start && indexOf(bytes, at, message.end, empty) === at) message.end = at;
  }
}

const OBJECT = ascii('"[object] (');

const CODE_END = ascii('): ');

/**
 * How Monolog writes an exception into the context: `"[object] (PDOException(code: 23505): message at file:12)`, its calls on the next lines. It
 * becomes a headline as PHP prints it, `PDOException: message at file:12)`, with what JSON escaped as it was.
 */
function setException(view: RecordView, context: DecodeContext, lineEnd: number): void {
  const { bytes, start, end } = view.raw;
  const object = indexOf(bytes, start, lineEnd, OBJECT);
  if (object === -1) return;
  const at = object + OBJECT.length;
  const typeEnd = find(bytes, CHAR.openParen, at, lineEnd);
  const codeEnd = indexOf(bytes, typeEnd, lineEnd, CODE_END);
  if (codeEnd === -1) return;
  if (context.scratch.length < end - at) context.scratch = new Uint8Array((end - at) * 2);
  const { scratch } = context;
  const nameEnd = unescapeTo(scratch, 0, bytes, at, typeEnd);
  setSlice(view.exceptionType, scratch, 0, nameEnd);
  if (lineEnd >= end) return;
  const stackEnd = unescapeTo(scratch, nameEnd, bytes, codeEnd + 1, end);
  setSlice(view.stack, scratch, 0, trimEnd(scratch, 0, stackEnd));
}

/** Copies text of a JSON string whose only escapes are of quotes, slashes and backslashes: its line ends are bare. */
function unescapeTo(to: Uint8Array, toAt: number, bytes: Uint8Array, start: number, end: number): number {
  let next = toAt;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === CHAR.backslash && at + 1 < end) at += 1;
    to[next++] = bytes[at]!;
  }
  return next;
}
