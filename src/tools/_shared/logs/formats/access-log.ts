import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readDayFirstTime } from '../time/named-month.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd } from './support/body.ts';
import { CHAR, find } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { closingQuote, setHttpMessage, statusAt } from './support/http-message.ts';

const reading = createTimeReading();

const LINE =
  /^(?:(?<vhost>[\w.*-]+:\d+) )?(?<client>[\w.:%-]+) \S+ (?<user>\S+) \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "(?:(?<method>[A-Z]+) (?<path>[^ "?]*)(?=[ "?])[^"]*|(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-)(?: "(?<referer>(?:[^"\\]|\\.)*)" "(?<user_agent>(?:[^"\\]|\\.)*)")?/;

/**
 * Common and combined log format, with a virtual host before it or more fields behind. nginx and Apache write the same bytes, so which of them it
 * was cannot be told.
 */
export const accessLog: LogFormat = {
  name: 'access-log',
  title: 'Access log of nginx or Apache (common, combined)',
  oneLine: true,
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) => start < end && bytes[start]! > CHAR.space,
  decode,
  fields: (view, sink) => void namedFields(LINE, headText(view.raw), sink),
  samples: [
    {
      text: '10.0.0.7 - alice [01/Mar/2026:08:15:30 +0100] "GET /orders/17?token=abc HTTP/1.1" 502 157 "https://shop.example/" "Mozilla/5.0 (X11)"',
      expected: {
        time: '2026-03-01T07:15:30.000Z',
        level: 'error',
        message: 'GET /orders/17 502 Bad Gateway',
        fields: {
          client: '10.0.0.7',
          user: 'alice',
          method: 'GET',
          path: '/orders/17',
          status: '502',
          bytes: '157',
          user_agent: 'Mozilla/5.0 (X11)',
        },
      },
    },
    {
      text: '2001:db8::7 - - [01/Mar/2026:08:15:30 +0000] "POST /login HTTP/2.0" 200 -',
      expected: { time: '2026-03-01T08:15:30.000Z', level: 'info', message: 'POST /login 200 OK' },
    },
    {
      text: 'shop.example:443 10.0.0.7 - - [01/Mar/2026:08:15:30 +0000] "\\x16\\x03\\"\\x01" 400 0 "-" "-"',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message: '\\x16\\x03\\"\\x01 400 Bad Request',
        fields: { vhost: 'shop.example:443' },
      },
    },
    {
      text: '10.0.0.7 - - [01/Mar/2026:08:15:30 +0000] "GET / HTTP/1.1" 599 12 "-" "curl/8.5" 0.123 "10.1.1.1"',
      expected: { time: '2026-03-01T08:15:30.000Z', level: 'error', message: 'GET / 599' },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  const open = find(bytes, CHAR.openBracket, start, end);
  if (open >= end || !readDayFirstTime(bytes, open + 1, end, context, reading)) return false;
  const quote = reading.end + 2;
  if (bytes[reading.end] !== CHAR.closeBracket || quote >= end || bytes[quote] !== CHAR.quote) return false;
  const close = closingQuote(bytes, quote + 1, end);
  const status = statusAt(bytes, close + 2, end);
  if (status === 0) return false;
  view.timeMs = reading.ms;
  setHttpMessage(view, context, quote + 1, close, status);
  return true;
}
