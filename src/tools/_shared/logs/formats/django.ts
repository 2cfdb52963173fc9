import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { readDayFirstTime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, findSpace, isDigit, isUpper, skipDigits, startsWith } from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { closingQuote, setHttpMessage, statusAt } from './support/http-message.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();

const SERVER_LINE =
  /^\[\d\d\/[A-Z][a-z]{2}\/\d{4} \d\d:\d\d:\d\d\] "(?<method>[A-Z]+) (?<path>[^ "?]*)(?=[ "?])[^"]*" (?<status>\d{3}) (?<bytes>\d+)/;
const VERBOSE_LINE =
  /^[A-Z]+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?<module>\w+) (?<pid>\d+) (?<thread>\d+) /;
const REQUEST_LINE =
  /^(?:ERROR |WARNING )?(?<reason>Internal Server Error|Not Found|Bad Request|Forbidden|Method Not Allowed|Unauthorized)(?: \([^)]*\))?: (?<path>\/\S*)/;

/** The development server's log, what `django.request` says of failed requests, and the verbose layout of the documentation. */
export const django: LogFormat = {
  name: 'django',
  title: 'Django',
  score(line) {
    if (SERVER_LINE.test(line) || VERBOSE_LINE.test(line)) return 1;
    return REQUEST_LINE.test(line) ? 0.9 : 0;
  },
  startsRecord: (bytes, start, end) =>
    start < end &&
    (bytes[start] === CHAR.openBracket
      ? start + 1 < end && isDigit(bytes[start + 1]!)
      : beginsLine(bytes, start, end)),
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    for (const pattern of [SERVER_LINE, REQUEST_LINE]) if (namedFields(pattern, text, sink)) return;
    namedFields(VERBOSE_LINE, text, sink);
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: '[01/Mar/2026 08:15:30] "GET /orders/17?x=1 HTTP/1.1" 500 14512',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'GET /orders/17 500 Internal Server Error',
        fields: { method: 'GET', path: '/orders/17', status: '500' },
      },
    },
    {
      text: 'ERROR 2026-03-01 08:15:30,123 views 4711 140123 could not charge order=17',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'could not charge order=17',
        logger: 'views',
        fields: { module: 'views', pid: '4711', order: '17' },
      },
    },
    {
      text: "Internal Server Error: /orders/17/\nTraceback (most recent call last):\n  File \"/srv/shop/views.py\", line 12, in show\n    order.total\nAttributeError: 'NoneType' object has no attribute 'total'",
      expected: {
        time: null,
        level: 'error',
        message: 'Internal Server Error: /orders/17/',
        stack: 'Traceback (most recent call last):',
        fields: { path: '/orders/17/' },
      },
    },
    {
      text: 'Not Found: /favicon.ico',
      expected: { time: null, level: 'warn', message: 'Not Found: /favicon.ico' },
    },
  ],
};

const TRACEBACK = ascii('Traceback (');
const SERVER_ERROR = ascii('Internal Server Error: ');
const CLIENT_ERRORS = [
  'Not Found: ',
  'Bad Request: ',
  'Forbidden',
  'Method Not Allowed',
  'Unauthorized: ',
].map(ascii);

/** The last line of a traceback stands at column 0, too: `KeyError: 'sku'`, `shop.OutOfStock`. */
function beginsLine(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]!;
  if (first <= CHAR.space || startsWith(bytes, start, end, TRACEBACK)) return false;
  const wordEnd = findSpace(bytes, start, end);
  if (levelOfWord(bytes, start, wordEnd) !== LEVEL.unknown && isUpper(bytes[wordEnd - 1]!)) return true;
  return requestLevel(bytes, start, end) !== LEVEL.unknown;
}

function requestLevel(bytes: Uint8Array, start: number, end: number): RecordView['level'] {
  if (startsWith(bytes, start, end, SERVER_ERROR)) return LEVEL.error;
  for (const words of CLIENT_ERRORS) if (startsWith(bytes, start, end, words)) return LEVEL.warn;
  return LEVEL.unknown;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  if (start < end && bytes[start] === CHAR.openBracket) return decodeServerLine(view, context, end);
  view.level = requestLevel(bytes, start, end);
  if (view.level !== LEVEL.unknown) {
    setBody(view, start);
    return true;
  }
  const levelEnd = findSpace(bytes, start, end);
  view.level = levelOfWord(bytes, start, levelEnd);
  if (view.level === LEVEL.unknown) return false;
  let at = levelEnd + 1;
  if (readIsoTime(bytes, at, end, context, reading)) {
    view.timeMs = reading.ms;
    at = afterModule(view, reading.end + 1, end);
  }
  setBody(view, Math.min(at, end));
  return true;
}

/** `views 4711 140123 `: module, process and thread. */
function afterModule(view: RecordView, at: number, end: number): number {
  const { bytes } = view.raw;
  const moduleEnd = findSpace(bytes, at, end);
  const pidEnd = skipDigits(bytes, moduleEnd + 1, end);
  const threadEnd = skipDigits(bytes, pidEnd + 1, end);
  if (pidEnd === moduleEnd + 1 || threadEnd === pidEnd + 1 || threadEnd >= end) return at;
  if (bytes[threadEnd] !== CHAR.space) return at;
  setSlice(view.logger, bytes, at, moduleEnd);
  return threadEnd + 1;
}

function decodeServerLine(view: RecordView, context: DecodeContext, end: number): boolean {
  const { bytes, start } = view.raw;
  if (!readDayFirstTime(bytes, start + 1, end, context, reading)) return false;
  view.timeMs = reading.ms;
  const quote = reading.end + 2;
  const close = closingQuote(bytes, quote + 1, end);
  const status = quote < end && bytes[quote] === CHAR.quote ? statusAt(bytes, close + 2, end) : 0;
  if (status === 0) setBody(view, Math.min(quote, end));
  else setHttpMessage(view, context, quote + 1, close, status);
  return true;
}
