import { LEVEL } from '../../../../core/log/level.ts';
import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, find, indexOf, isUpper, skipSpaces } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { closingQuote, setHttpMessage, statusAt } from './support/http-message.ts';
import { levelOfWord } from './support/level-words.ts';

const REQUEST = ascii(' - "');
const LINE = /^(?:INFO|WARNING|ERROR|DEBUG|CRITICAL|TRACE): {2,}\S/;
const ACCESS =
  /^[A-Z]+: +(?<client>[\w.:[\]]+):\d+ - "(?<method>[A-Z]+) (?<path>[^ "?]*)(?=[ "?])[^"]*" (?<status>\d{3})/;

export const uvicorn: LogFormat = {
  name: 'uvicorn',
  title: 'uvicorn (FastAPI, Starlette)',
  score: (line) => (LINE.test(line) ? 0.95 : 0),
  startsRecord: (bytes, start, end) => bodyOffset(bytes, start, end) !== -1,
  decode,
  fields: (view, sink) => void namedFields(ACCESS, headText(view.raw), sink),
  samples: [
    {
      text: 'INFO:     10.0.0.7:51234 - "GET /orders/17?x=1 HTTP/1.1" 500 Internal Server Error',
      expected: {
        time: null,
        level: 'error',
        message: 'GET /orders/17 500 Internal Server Error',
        fields: { client: '10.0.0.7', method: 'GET', path: '/orders/17', status: '500' },
      },
    },
    {
      text: "ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File \"/srv/app/main.py\", line 9, in pay\n    card.charge()\nAttributeError: 'NoneType' object has no attribute 'charge'",
      expected: {
        time: null,
        level: 'error',
        message: 'Exception in ASGI application',
        stack: 'Traceback (most recent call last):',
      },
    },
    {
      text: 'WARNING:  Invalid HTTP request received.',
      expected: { time: null, level: 'warn', message: 'Invalid HTTP request received.' },
    },
  ],
};

/** `INFO:` and at least two spaces: levels are padded to one width. */
function bodyOffset(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < 9 && isUpper(bytes[at]!)) at += 1;
  if (
    end - at < 4 ||
    bytes[at] !== CHAR.colon ||
    bytes[at + 1] !== CHAR.space ||
    bytes[at + 2] !== CHAR.space
  )
    return -1;
  return levelOfWord(bytes, start, at) === LEVEL.unknown ? -1 : skipSpaces(bytes, at + 1, end);
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  const at = bodyOffset(bytes, start, end);
  if (at === -1) return false;
  const request = indexOf(bytes, at, Math.min(end, at + 64), REQUEST);
  const quote = request + REQUEST.length;
  const close = request === -1 ? end : closingQuote(bytes, quote, end);
  const status = statusAt(bytes, close + 2, end);
  if (status === 0) {
    view.level = levelOfWord(bytes, start, find(bytes, CHAR.colon, start, end));
    setBody(view, at);
  } else setHttpMessage(view, context, quote, close, status);
  return true;
}
