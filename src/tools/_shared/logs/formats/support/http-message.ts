import { setSlice, type RecordView } from '../../../../../core/log/record-view.ts';
import type { DecodeContext } from '../../format.ts';
import { CHAR, ascii, find } from './bytes.ts';
import { levelOfStatus } from './level-words.ts';

/** Words for a status, so that failures of different kinds are different messages: a bare number is a variable to grouping. RFC 9110, 6585. */
const PHRASES = new Map(
  Object.entries({
    200: 'OK',
    201: 'Created',
    204: 'No Content',
    206: 'Partial Content',
    301: 'Moved Permanently',
    302: 'Found',
    303: 'See Other',
    304: 'Not Modified',
    307: 'Temporary Redirect',
    308: 'Permanent Redirect',
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    408: 'Request Timeout',
    409: 'Conflict',
    410: 'Gone',
    413: 'Content Too Large',
    422: 'Unprocessable Content',
    429: 'Too Many Requests',
    499: 'Client Closed Request',
    500: 'Internal Server Error',
    501: 'Not Implemented',
    502: 'Bad Gateway',
    503: 'Service Unavailable',
    504: 'Gateway Timeout',
  }).map(([status, phrase]) => [Number(status), ascii(` ${phrase}`)]),
);
const NO_PHRASE = new Uint8Array(0);
const LONGEST_TARGET = 512;

/**
 * Level and message of a request and its status: `GET /orders/17 500 Internal Server Error`, without the query, which may hold what nobody should
 * keep. `start` and `end` are of the request line `GET /orders/17?x=1 HTTP/1.1`; targets past 512 bytes are cut.
 */
export function setHttpMessage(
  view: RecordView,
  context: DecodeContext,
  start: number,
  end: number,
  status: number,
): void {
  const { bytes } = view.raw;
  view.level = levelOfStatus(status);
  const methodEnd = find(bytes, CHAR.space, start, end);
  let targetEnd = methodEnd + 1;
  const limit = Math.min(end, methodEnd + LONGEST_TARGET);
  while (targetEnd < limit && bytes[targetEnd] !== CHAR.space && bytes[targetEnd] !== CHAR.question)
    targetEnd += 1;
  const from = Math.min(targetEnd, limit);
  if (context.scratch.length < LONGEST_TARGET * 2) context.scratch = new Uint8Array(LONGEST_TARGET * 2);
  const { scratch } = context;
  const stop = Math.min(from, start + LONGEST_TARGET);
  let at = 0;
  for (let index = start; index < stop; index += 1) scratch[at++] = bytes[index]!;
  scratch[at++] = CHAR.space;
  scratch[at++] = CHAR.zero + (Math.floor(status / 100) % 10);
  scratch[at++] = CHAR.zero + (Math.floor(status / 10) % 10);
  scratch[at++] = CHAR.zero + (status % 10);
  const phrase = PHRASES.get(status) ?? NO_PHRASE;
  for (let index = 0; index < phrase.length; index += 1) scratch[at++] = phrase[index]!;
  setSlice(view.message, scratch, 0, at);
}

/** Three digits of a status at `at`; 0 when there are none. */
export function statusAt(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 3) return 0;
  let status = 0;
  for (let index = at; index < at + 3; index += 1) {
    const digit = bytes[index]! - CHAR.zero;
    if (digit < 0 || digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status >= 100 && status <= 599 ? status : 0;
}

/** Offset of the quote that closes what begins at `at`; a backslash keeps the next byte from being it. `end` when there is none. */
export function closingQuote(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CHAR.quote) at += bytes[at] === CHAR.backslash ? 2 : 1;
  return Math.min(at, end);
}
