import { LEVEL } from '../../../../core/log/level.ts';
import {
  clearSlice,
  emptySlice,
  setSlice,
  type ByteSlice,
  type RecordView,
} from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { readAnyTime } from '../time/any.ts';
import { createTimeReading } from '../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, findSpace, skipSpaces } from './support/bytes.ts';
import { headText, pairFields } from './support/fields.ts';
import { closingQuote } from './support/http-message.ts';
import { levelOfWord } from './support/level-words.ts';

const reading = createTimeReading();
const PAIRS = /^(?:[A-Za-z_@][\w.@/-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"=]*)(?:\s+|$)){2,}/;

const KEY = { none: 0, time: 1, level: 2, message: 3, logger: 4, stack: 5, exception: 6, error: 7 } as const;
type Key = (typeof KEY)[keyof typeof KEY];

/** Names under which libraries write what a record consists of. */
const KEYS: readonly { name: Uint8Array; key: Key }[] = (
  [
    ['time', KEY.time],
    ['ts', KEY.time],
    ['t', KEY.time],
    ['timestamp', KEY.time],
    ['@timestamp', KEY.time],
    ['level', KEY.level],
    ['lvl', KEY.level],
    ['severity', KEY.level],
    ['at', KEY.level],
    ['msg', KEY.message],
    ['message', KEY.message],
    ['event', KEY.message],
    ['desc', KEY.message],
    ['logger', KEY.logger],
    ['component', KEY.logger],
    ['stack', KEY.stack],
    ['stacktrace', KEY.stack],
    ['exc_info', KEY.stack],
    ['exception', KEY.stack],
    ['err', KEY.error],
    ['error', KEY.error],
    ['error_type', KEY.exception],
    ['exception_type', KEY.exception],
    ['exc_type', KEY.exception],
  ] as const
).map(([name, key]) => ({ name: ascii(name), key }));

const LONGEST_KEY = 16;
const KEYS_OF_LENGTH = Array.from({ length: LONGEST_KEY + 1 }, (_, length) =>
  KEYS.filter(({ name }) => name.length === length),
);

export const logfmt: LogFormat = {
  name: 'logfmt',
  title: 'logfmt (logrus, slog, go-kit, Heroku)',
  score(line) {
    const pairs = PAIRS.exec(line)?.[0];
    if (pairs === undefined) return 0;
    const isWhole = pairs.length === line.length;
    const isLog = /(?:^|\s)(?:msg|message|level|lvl|event)=/.test(pairs);
    if (isLog) return isWhole ? 0.85 : 0.6;
    return isWhole ? 0.5 : 0.2;
  },
  startsRecord: (bytes, start, end) => nameEnd(bytes, start, end) !== -1,
  decode,
  fields: (view, sink) => pairFields(headText(view.raw), sink),
  samples: [
    {
      text: 'time=2026-03-01T08:15:30.123Z level=error msg="could not reserve" order=17 err="pq: duplicate key value \\"a\\""',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'could not reserve: pq: duplicate key value "a"',
        fields: { order: '17', err: 'pq: duplicate key value "a"' },
      },
    },
    {
      text: 'ts=1772352930.5 lvl=warn component=queue event=lagging lag=17',
      expected: {
        time: '2026-03-01T08:15:30.500Z',
        level: 'warn',
        message: 'lagging',
        logger: 'queue',
        fields: { lag: '17' },
      },
    },
    {
      text: 'level=fatal msg="said \\"no\\"\\tand left" stack="panic: no\\n\\ngoroutine 1 [running]:\\nmain.main()\\n\\t/srv/main.go:9 +0x1d"',
      expected: {
        time: null,
        level: 'fatal',
        message: 'said "no"\tand left',
        stack: 'panic: no',
      },
    },
    {
      text: 'at=error code=H12 desc="Request timeout" method=GET path=/orders status=503',
      expected: {
        time: null,
        level: 'error',
        message: 'Request timeout',
        fields: { code: 'H12', status: '503' },
      },
    },
  ],
};

/** Offset of the `=` behind a name that begins here, or -1. */
function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const byte = bytes[next]!;
    if (byte === CHAR.equals) return next > at ? next : -1;
    if (byte <= CHAR.space || byte === CHAR.quote || byte >= 0x7b) return -1;
    next += 1;
  }
  return -1;
}

function keyOf(bytes: Uint8Array, start: number, end: number): Key {
  const length = end - start;
  if (length > LONGEST_KEY) return KEY.none;
  const candidates = KEYS_OF_LENGTH[length]!;
  for (let candidate = 0; candidate < candidates.length; candidate += 1) {
    const { name, key } = candidates[candidate]!;
    let index = 0;
    while (index < length && bytes[start + index] === name[index]) index += 1;
    if (index === length) return key;
  }
  return KEY.none;
}

function decode(view: RecordView, context: DecodeContext): boolean {
  beginRecord(view);
  const { bytes, start } = view.raw;
  const end = firstLineEnd(view);
  let at = skipSpaces(bytes, start, end);
  let pairs = 0;
  let scratchEnd = 0;
  clearSlice(error);
  while (at < end) {
    const equals = nameEnd(bytes, at, end);
    if (equals === -1) {
      at = skipSpaces(bytes, findSpace(bytes, at, end), end);
      continue;
    }
    pairs += 1;
    const isQuoted = equals + 1 < end && bytes[equals + 1] === CHAR.quote;
    const valueAt = isQuoted ? equals + 2 : equals + 1;
    const valueEnd = isQuoted ? closingQuote(bytes, valueAt, end) : findSpace(bytes, valueAt, end);
    const key = keyOf(bytes, at, equals);
    if (key !== KEY.none) scratchEnd = take(view, context, key, valueAt, valueEnd, scratchEnd);
    at = skipSpaces(bytes, isQuoted ? valueEnd + 1 : valueEnd, end);
  }
  if (pairs === 0) return false;
  addError(view, context, scratchEnd);
  const { message } = view;
  if (message.start === message.end) setBody(view, start);
  return true;
}

/** What the field of the error holds; the scratch that it may be in is the context's. */
const error = emptySlice();

/** `request failed` alone would be one message for all that can fail: what failed is a part of it, unless a stack says it. */
function addError(view: RecordView, context: DecodeContext, scratchEnd: number): void {
  const { message, stack } = view;
  if (error.end === error.start || stack.end > stack.start) return;
  if (message.end === message.start) {
    setSlice(message, error.bytes, error.start, error.end);
    return;
  }
  const length = message.end - message.start + 2 + error.end - error.start;
  growScratch(context, scratchEnd + length, view);
  const { scratch } = context;
  let to = scratchEnd;
  for (let at = message.start; at < message.end; at += 1) scratch[to++] = message.bytes[at]!;
  scratch[to++] = CHAR.colon;
  scratch[to++] = CHAR.space;
  for (let at = error.start; at < error.end; at += 1) scratch[to++] = error.bytes[at]!;
  setSlice(message, scratch, scratchEnd, to);
}

/** Puts a value where it belongs; the first of its kind counts. Returns how much of the scratch is used. */
function take(
  view: RecordView,
  context: DecodeContext,
  key: Key,
  start: number,
  end: number,
  scratchEnd: number,
): number {
  const { bytes } = view.raw;
  switch (key) {
    case KEY.time:
      if (Number.isNaN(view.timeMs) && readAnyTime(bytes, start, end, context, reading))
        view.timeMs = reading.ms;
      return scratchEnd;
    case KEY.level:
      if (view.level === LEVEL.unknown) view.level = levelOfWord(bytes, start, end);
      return scratchEnd;
    case KEY.message:
      return unescapeInto(view.message, bytes, start, end, context, scratchEnd, view);
    case KEY.stack:
      return unescapeInto(view.stack, bytes, start, end, context, scratchEnd, view);
    case KEY.error:
      return unescapeInto(error, bytes, start, end, context, scratchEnd, view);
    case KEY.exception:
      setSlice(view.exceptionType, bytes, start, end);
      return scratchEnd;
    case KEY.logger:
      setSlice(view.logger, bytes, start, end);
      return scratchEnd;
    default:
      return scratchEnd;
  }
}

/** The value as it stands, or in the scratch when something in it is escaped. */
function unescapeInto(
  slice: ByteSlice,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: DecodeContext,
  scratchEnd: number,
  view: RecordView,
): number {
  if (slice.end > slice.start) return scratchEnd;
  let at = start;
  while (at < end && bytes[at] !== CHAR.backslash) at += 1;
  if (at >= end) {
    setSlice(slice, bytes, start, end);
    return scratchEnd;
  }
  growScratch(context, scratchEnd + end - start, view);
  const { scratch } = context;
  let to = scratchEnd;
  for (at = start; at < end; at += 1) {
    let byte = bytes[at]!;
    if (byte === CHAR.backslash && at + 1 < end) {
      at += 1;
      byte = unescaped(bytes[at]!);
    }
    scratch[to++] = byte;
  }
  setSlice(slice, scratch, scratchEnd, to);
  return to;
}

/** What was already put into the scratch of this record moves along. */
function growScratch(context: DecodeContext, size: number, view: RecordView): void {
  if (context.scratch.length >= size) return;
  const old = context.scratch;
  context.scratch = new Uint8Array(size * 2);
  context.scratch.set(old);
  for (const slice of [view.message, view.stack, error])
    if (slice.bytes === old) slice.bytes = context.scratch;
}

function unescaped(byte: number): number {
  if (byte === 0x6e) return CHAR.newline;
  if (byte === 0x74) return CHAR.tab;
  return byte === 0x72 ? CHAR.return : byte;
}
