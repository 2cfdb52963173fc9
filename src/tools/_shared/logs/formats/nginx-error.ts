import type { RecordView } from '../../../../core/log/record-view.ts';
import { LEVEL } from '../../../../core/log/level.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, find, indexOf, isDigit, skipDigits } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const CLIENT = ascii(', client: ');

const LINE =
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(?:debug|info|notice|warn|error|crit|alert|emerg)\] (?<pid>\d+)#\d+: (?:\*(?<connection>\d+) )?/;
const DETAILS =
  /, client: (?<client>[^,\s]+)(?:, server: (?<server>[^,]*))?(?:, request: "(?<method>[A-Z]+) (?<path>[^ "?]*)(?=[ "?])[^"]*")?(?:, (?:sub)?request: "[^"]*")*(?:, upstream: "(?<upstream>[^"]*)")?(?:, host: "(?<host>[^"]*)")?(?:, referrer: "(?<referrer>[^"]*)")?/;

export const nginxError: LogFormat = {
  name: 'nginx-error',
  title: 'Error log of nginx',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) =>
    end - start > 22 &&
    bytes[start + 4] === CHAR.slash &&
    bytes[start + 7] === CHAR.slash &&
    isDigit(bytes[start]!) &&
    bytes[start + 20] === CHAR.openBracket,
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    namedFields(LINE, text, sink);
    namedFields(DETAILS, text, sink);
  },
  samples: [
    {
      text: '2026/03/01 08:15:30 [error] 812#813: *90 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: shop.example, request: "GET /orders/17?x=1 HTTP/1.1", upstream: "http://127.0.0.1:3000/orders/17?x=1", host: "shop.example"',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'connect() failed (111: Connection refused) while connecting to upstream',
        fields: {
          pid: '812',
          connection: '90',
          client: '10.0.0.7',
          method: 'GET',
          path: '/orders/17',
          upstream: 'http://127.0.0.1:3000/orders/17?x=1',
          host: 'shop.example',
        },
      },
    },
    {
      text: '2026/03/01 08:15:30 [notice] 1#1: signal process started',
      expected: { time: '2026-03-01T08:15:30.000Z', level: 'info', message: 'signal process started' },
    },
    {
      text: '2026/03/01 08:15:30 [error] 8#8: *4 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught TypeError: total() in /srv/cart.php:12\nStack trace:\n#0 /srv/index.php(3): total()\n#1 {main}" while reading response header from upstream, client: 10.0.0.7, server: _',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message:
          'FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught TypeError: total() in /srv/cart.php:12',
        stack: 'TypeError: total() in /srv/cart.php:12',
        fields: { client: '10.0.0.7' },
      },
    },
  ],
};

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  if (!readIsoTime(bytes, start, end, context, reading)) return false;
  const levelAt = reading.end + 2;
  const levelEnd = find(bytes, CHAR.closeBracket, levelAt, end);
  if (levelEnd >= end || bytes[levelAt - 1] !== CHAR.openBracket) return false;
  view.timeMs = reading.ms;
  view.level = levelOfWord(bytes, levelAt, levelEnd);
  if (view.level === LEVEL.unknown) return false;
  // `812#813: ` and, when a connection is concerned, `*90 `.
  let at = find(bytes, CHAR.colon, levelEnd, end) + 2;
  if (at < end && bytes[at] === CHAR.star) at = skipDigits(bytes, at + 1, end) + 1;
  setBody(view, Math.min(at, end));
  const { message } = view;
  const details = indexOf(bytes, message.start, message.end, CLIENT);
  if (details !== -1) message.end = details;
  return true;
}
