import { LEVEL } from '../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody, setText } from './support/body.ts';
import {
  CHAR,
  ascii,
  find,
  findFar,
  indexOf,
  isSpace,
  isUpper,
  skipSpaces,
  startsWith,
  trimEnd,
} from './support/bytes.ts';
import { headText, namedFields, pairFields } from './support/fields.ts';
import { statusAt } from './support/http-message.ts';
import { levelOfStatus, levelOfWord } from './support/level-words.ts';
import { isRubyFrame } from './support/stack-start.ts';

const reading = createTimeReading();

const LOGGER_LINE =
  /^[DIWEFA], \[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+ #(?<pid>\d+)\] +[A-Z]+ -- (?<program>[^:]*): (?:\[(?<request_id>[\da-f-]{36})\] )?/;
const PLAIN_LINE =
  /^(?:\[[\da-f-]{36}\] )?(?:Started [A-Z]+ "|Processing by \w+(?:::\w+)*#\w+ as |Completed \d{3} [A-Z][\w ]+ in \d+ms|Rendered |Rendering |Redirected to https?:)/;
const STARTED = /Started (?<method>[A-Z]+) "(?<path>[^"?]*)(?=["?])[^"]*" for (?<client>\S+) at /;
const COMPLETED = /Completed (?<status>\d{3}) .*? in (?<duration_ms>\d+)ms/;
const PROCESSING = /Processing by (?<endpoint>\S+) as /;

/** Ruby's Logger, which production servers keep, and the bare lines of development. */
export const rails: LogFormat = {
  name: 'rails',
  title: 'Rails and Ruby Logger',
  score(line) {
    if (LOGGER_LINE.test(line)) return 1;
    return PLAIN_LINE.test(line) ? 0.9 : 0;
  },
  startsRecord(bytes, start, end) {
    if (start >= end || isSpace(bytes[start]!) || bytes[start]! < CHAR.space) return false;
    if (headerEnd(bytes, start, end) !== -1) return true;
    const tag = tagLength(bytes, start, end);
    return tag > 0 ? isTaggedStart(bytes, start + tag, end) : isPlainStart(bytes, start, end);
  },
  decode,
  fields(view, sink) {
    const text = headText(view.raw);
    namedFields(LOGGER_LINE, text, sink);
    for (const pattern of [STARTED, COMPLETED, PROCESSING]) if (namedFields(pattern, text, sink)) return;
    pairFields(headText(view.message), sink);
  },
  samples: [
    {
      text: 'E, [2026-03-01T08:15:30.123456 #4711] ERROR -- : could not charge order=17',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'could not charge order=17',
        fields: { pid: '4711', order: '17' },
      },
    },
    {
      text: "F, [2026-03-01T08:15:30.123456 #4711] FATAL -- :   \nNoMethodError (undefined method `name' for nil:NilClass):\n  \napp/controllers/orders_controller.rb:12:in `show'\nlib/trace.rb:7:in `call'",
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'fatal',
        message: "NoMethodError (undefined method `name' for nil:NilClass):",
        stack: "NoMethodError (undefined method `name' for nil:NilClass):",
      },
    },
    {
      text: 'I, [2026-03-01T08:15:30.123456 #9]  INFO -- mailer: [9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] Sent mail (12ms)',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'Sent mail (12ms)',
        logger: 'mailer',
        fields: { request_id: '9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d' },
      },
    },
    {
      text: "F, [2026-03-01T08:15:30.123456 #9] FATAL -- : [9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d]   \n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] RuntimeError (no stock):\n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d]   \n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] app/models/stock.rb:12:in `take'",
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'fatal',
        message: 'RuntimeError (no stock):',
        stack: 'RuntimeError (no stock):',
        fields: { request_id: '9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d' },
      },
    },
    {
      text: 'Started GET "/orders/17?x=1" for 10.0.0.7 at 2026-03-01 08:15:30 +0100',
      expected: {
        time: '2026-03-01T07:15:30.000Z',
        level: 'info',
        message: 'Started GET "/orders/17?x=1" for 10.0.0.7 at 2026-03-01 08:15:30 +0100',
        fields: { method: 'GET', path: '/orders/17', client: '10.0.0.7' },
      },
    },
    {
      text: "[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] Completed 500 Internal Server Error in 12ms\n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d]   \n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] RuntimeError (no stock):\n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d]   \n[9f3c1b7e-0b55-4c1e-9d8e-2f6d3a4b5c6d] app/models/stock.rb:12:in `take'",
      expected: {
        time: null,
        level: 'error',
        message: 'Completed 500 Internal Server Error in 12ms',
        stack: 'RuntimeError (no stock):',
        fields: { status: '500' },
      },
    },
    {
      text: 'Completed 500 Internal Server Error in 12ms (ActiveRecord: 1.2ms | Allocations: 91)',
      expected: {
        time: null,
        level: 'error',
        message: 'Completed 500 Internal Server Error in 12ms (ActiveRecord: 1.2ms | Allocations: 91)',
        fields: { status: '500' },
      },
    },
  ],
};

const OPEN = ascii(', [');
const DASHES = ascii(' -- ');
const STARTED_WORD = ascii('Started ');
const COMPLETED_WORD = ascii('Completed ');
const AT_WORD = ascii(' at ');
const OTHER_WORDS = ['Processing by ', 'Rendered ', 'Rendering ', 'Redirected to '].map(ascii);

/** Offset behind `E, [`, or -1. */
function headerEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 30 || !startsWith(bytes, start + 1, end, OPEN)) return -1;
  return levelOfWord(bytes, start, start + 1) === LEVEL.unknown && bytes[start] !== 0x41 ? -1 : start + 4;
}

/** Lines that cannot belong to the one before. Others at column 0 may be of an error's report: its headline and its calls. */
function isPlainStart(bytes: Uint8Array, start: number, end: number): boolean {
  if (startsWith(bytes, start, end, STARTED_WORD) || startsWith(bytes, start, end, COMPLETED_WORD))
    return true;
  for (const word of OTHER_WORDS) if (startsWith(bytes, start, end, word)) return true;
  return false;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  const timeAt = headerEnd(bytes, start, end);
  if (timeAt === -1) return decodePlain(view, context, end);
  beginRecord(view);
  if (!readIsoTime(bytes, timeAt, end, context, reading)) return false;
  const close = find(bytes, CHAR.closeBracket, reading.end, end);
  const levelAt = skipSpaces(bytes, close + 1, end);
  const dashes = indexOf(bytes, levelAt, end, DASHES);
  if (dashes === -1) return false;
  const programAt = dashes + DASHES.length;
  const colon = find(bytes, CHAR.colon, programAt, end);
  view.timeMs = reading.ms;
  view.level = levelOfWord(bytes, levelAt, dashes);
  if (colon > programAt) setSlice(view.logger, bytes, programAt, colon);
  const bodyAt = skipSpaces(bytes, Math.min(colon + 1, end), end);
  const tag = tagLength(bytes, bodyAt, end);
  if (tag > 0 && view.lines !== 1) setTaggedBody(view, context, bodyAt, tag);
  else setBody(view, bodyAt + tag);
  return true;
}

const UUID_LENGTH = 36;

/** Length of the request's id that a message begins with (`config.log_tags`, on by default in production), space included; else 0. */
function tagLength(bytes: Uint8Array, at: number, end: number): number {
  const close = at + UUID_LENGTH + 1;
  return close < end &&
    bytes[at] === CHAR.openBracket &&
    bytes[close] === CHAR.closeBracket &&
    bytes[at + 9] === CHAR.minus
    ? Math.min(close + 2, end) - at
    : 0;
}

/** Each line of the message carries the tag; without it a trace is one. */
function setTaggedBody(view: RecordView, context: DecodeContext, at: number, tag: number): void {
  const { bytes, end } = view.raw;
  if (context.scratch.length < end - at) context.scratch = new Uint8Array((end - at) * 2);
  const { scratch } = context;
  let to = 0;
  for (let line = at; line < end;) {
    const lineEnd = Math.min(end, findFar(bytes, CHAR.newline, line, end) + 1);
    const from = Math.min(lineEnd, line + (tagLength(bytes, line, lineEnd) === tag ? tag : 0));
    for (let index = from; index < lineEnd; index += 1) scratch[to++] = bytes[index]!;
    line = lineEnd;
  }
  setText(view, scratch, 0, to);
}

/** With a tag on every line what belongs to an error's report is told by what it is: its headline `NoMethodError (...):`, its calls, blank lines. */
function isTaggedStart(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end || bytes[at]! <= CHAR.space || isRubyFrame(bytes, at, end)) return false;
  const last = trimEnd(bytes, at, end);
  return !(bytes[last - 1] === CHAR.colon && bytes[last - 2] === CHAR.closeParen && isUpper(bytes[at]!));
}

/** Lines without Logger's header: those of development, and of Rails 8 with the request's tag. */
function decodePlain(view: RecordView, context: DecodeContext, end: number): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const tag = tagLength(bytes, start, end);
  const at = start + tag;
  if (startsWith(bytes, at, end, COMPLETED_WORD)) {
    const status = statusAt(bytes, at + COMPLETED_WORD.length, end);
    if (status !== 0) view.level = levelOfStatus(status);
  } else if (isPlainStart(bytes, at, end)) {
    view.level = LEVEL.info;
    const time = startsWith(bytes, at, end, STARTED_WORD) ? indexOf(bytes, at, end, AT_WORD) : -1;
    if (time !== -1 && readIsoTime(bytes, time + AT_WORD.length, end, context, reading))
      view.timeMs = reading.ms;
  } else if (tag === 0) return false;
  if (tag > 0 && view.lines !== 1) setTaggedBody(view, context, start, tag);
  else setBody(view, at);
  return true;
}
