import { LEVEL } from '../../../../../core/log/level.ts';
import { setSlice, type RecordView } from '../../../../../core/log/record-view.ts';
import type { DecodeContext } from '../../format.ts';
import { readAnyTime } from '../../time/any.ts';
import { createTimeReading, type TimeContext } from '../../time/reading.ts';
import { beginRecord, firstLineEnd, setBody } from './body.ts';
import { CHAR, find, isDigit, isLetter, skipSpaces } from './bytes.ts';
import { isErrorClass, levelOfWord } from './level-words.ts';

/**
 * The header that loggers of most languages write before a sentence, in whatever order: time, level, process, thread, logger, each one bare, in
 * brackets or before a colon or dash. It ends where the words begin that are none of these.
 */

const MOST_PARTS = 7;
const LONGEST_PART = 120;

const reading = createTimeReading();

/** For asking only whether a time stands somewhere. */
const ANY_CONTEXT: TimeContext = {
  yearOf: () => 2_000,
  zoneOffsetMinutes: 0,
  assumedZone: false,
  assumedYear: false,
};

/** Whether a time stands at the beginning of a line: at its first byte, behind a bracket or behind a level. Hot. */
export function beginsWithTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 8) return false;
  const at = bytes[start] === CHAR.openBracket ? start + 1 : start;
  const first = bytes[at]!;
  if (isDigit(first)) {
    if (
      end - at > 19 &&
      bytes[at + 13] === CHAR.colon &&
      bytes[at + 16] === CHAR.colon &&
      bytes[at + 4] === bytes[at + 7]
    )
      return true;
  } else if (!isLetter(first)) return false;
  return readTime(bytes, start, end, ANY_CONTEXT) !== -1;
}

/** Reads that time into `reading`; its offset, or -1 when there is none. */
function readTime(bytes: Uint8Array, start: number, end: number, context: TimeContext): number {
  let at = start;
  if (at < end && bytes[at] === CHAR.openBracket) at += 1;
  if (at >= end) return -1;
  if (readAnyTime(bytes, at, end, context, reading)) return at;
  if (!isLetter(bytes[at]!)) return -1;
  const wordEnd = partEnd(bytes, at, end);
  if (levelOfWord(bytes, at, wordEnd) === LEVEL.unknown) return -1;
  let next = wordEnd;
  while (next < end && isSeparator(bytes[next]!)) next += 1;
  if (next < end && bytes[next] === CHAR.openBracket) next += 1;
  return readAnyTime(bytes, next, end, context, reading) ? next : -1;
}

/** Reads header and body of a record whose first line has a time near its beginning; false when it has none. */
export function decodeTimedText(view: RecordView, context: DecodeContext): boolean {
  const { bytes, start } = view.raw;
  const lineEnd = firstLineEnd(view);
  beginRecord(view);
  const at = readTime(bytes, start, lineEnd, context);
  if (at === -1) return false;
  const timeEnd = reading.end;
  view.timeMs = reading.ms;
  if (at > start + 1) readParts(view, start, at);
  setBody(view, readParts(view, timeEnd, lineEnd));
  return true;
}

/** Takes the parts of a header from `at` on; returns where the message begins. */
export function readParts(view: RecordView, at: number, end: number): number {
  const { bytes } = view.raw;
  let next = at;
  for (let parts = 0; parts < MOST_PARTS; parts += 1) {
    next = skipSeparators(bytes, next, end);
    const after = next < end ? readPart(view, next, end) : -1;
    if (after === -1) return next;
    next = after;
  }
  return skipSeparators(bytes, next, end);
}

/** What `scanWord` found of the word that ends at `end`. */
const word = { end: 0, isUpper: false, isName: false };

/**
 * A bare part ends at a space, a bar, a bracket, or the colon that closes it (not one within `app.api:main`). Pairs and quoted text are no names.
 */
function scanWord(bytes: Uint8Array, at: number, end: number): void {
  let isUpperCase = true;
  let isName = true;
  let depth = 0;
  let next = at;
  while (next < end) {
    const byte = bytes[next]!;
    if (byte < 0x41) {
      if (byte <= CHAR.space) break;
      if (byte === CHAR.colon && (next + 1 === end || bytes[next + 1]! <= CHAR.space)) break;
      if (byte === CHAR.equals || byte === CHAR.quote || byte === CHAR.comma) isName = false;
      isUpperCase = false;
    } else if (byte > 0x5a) {
      if (byte === CHAR.pipe) break;
      // Tomcat's loggers: `o.a.c.c.C.[.[.[/].[dispatcherServlet]`.
      if (byte === CHAR.openBracket) {
        if (next === at || bytes[next - 1] !== CHAR.dot) break;
        depth += 1;
      } else if (byte === CHAR.closeBracket) {
        if (depth === 0) break;
        depth -= 1;
      }
      isUpperCase = false;
    }
    next += 1;
  }
  word.end = next;
  word.isUpper = isUpperCase;
  word.isName = isName;
}

/** One part of a header, or -1 when the message begins here. */
function readPart(view: RecordView, at: number, end: number): number {
  const { bytes } = view.raw;
  const first = bytes[at]!;
  if (first === CHAR.openBracket || first === CHAR.openParen) return readBracketed(view, at, end);
  scanWord(bytes, at, Math.min(end, at + LONGEST_PART + 1));
  const wordEnd = word.end;
  if (wordEnd === at || wordEnd - at > LONGEST_PART) return -1;
  if (isDigit(first)) {
    // A process id between level and logger: `INFO 12345 --- [main]`.
    return isNumber(bytes, at, wordEnd) && followsHeader(bytes, wordEnd, end) ? wordEnd : -1;
  }
  if (view.level === LEVEL.unknown && readLevel(view, at, wordEnd, end)) return wordEnd;
  if (
    view.logger.end > view.logger.start ||
    isErrorClass(bytes, at, wordEnd) ||
    !word.isName ||
    !(isLetter(first) || first === CHAR.underscore)
  )
    return -1;
  if (closing(bytes, wordEnd, end) === CLOSES.nothing) return -1;
  setSlice(view.logger, bytes, at, wordEnd);
  return wordEnd;
}

/** Takes a level that is in capitals, or closed by a colon, a bar or a dash, or padded: `error` as a word of a sentence is none. False when the word is to stay. */
function readLevel(view: RecordView, at: number, wordEnd: number, end: number): boolean {
  const { bytes } = view.raw;
  const level = levelOfWord(bytes, at, wordEnd);
  if (level === LEVEL.unknown) return readCeleryLevel(view, at, wordEnd, end);
  if (
    !word.isUpper &&
    (wordEnd - at === 1 ||
      !(isPadded(bytes, wordEnd, end) || closing(bytes, wordEnd, end) !== CLOSES.nothing))
  )
    return false;
  view.level = level;
  return !isErrorClass(bytes, at, wordEnd);
}

/** Two spaces or a tab: the word is a column. */
function isPadded(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 1 < end && (bytes[at] === CHAR.tab || (bytes[at] === CHAR.space && bytes[at + 1] === CHAR.space))
  );
}

/** `[time: ERROR/ForkPoolWorker-3] ` */
function readCeleryLevel(view: RecordView, at: number, wordEnd: number, end: number): boolean {
  const { bytes } = view.raw;
  if (wordEnd >= end || bytes[wordEnd] !== CHAR.closeBracket) return false;
  view.level = levelOfWord(bytes, at, find(bytes, CHAR.slash, at, wordEnd));
  return view.level !== LEVEL.unknown;
}

function readBracketed(view: RecordView, at: number, end: number): number {
  const { bytes } = view.raw;
  const open = bytes[at]!;
  const close = open === CHAR.openBracket ? CHAR.closeBracket : CHAR.closeParen;
  const limit = Math.min(end, at + LONGEST_PART);
  // Names of threads hold brackets of their own: `[worker[shard=1]-3]`.
  let depth = 1;
  let next = at + 1;
  while (next < limit) {
    const byte = bytes[next]!;
    if (byte === open) depth += 1;
    else if (byte === close) depth -= 1;
    if (depth === 0) break;
    next += 1;
  }
  if (next >= limit) return -1;
  if (view.level === LEVEL.unknown)
    view.level = levelOfWord(bytes, skipSpaces(bytes, at + 1, next), trimmed(bytes, at + 1, next));
  return next + 1;
}

function trimmed(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && bytes[end - 1] === CHAR.space) end -= 1;
  return end;
}

const CLOSES = { nothing: 0, colon: 1, dash: 2, bar: 3 } as const;

/** What stands behind a word: `: `, ` - ` or `|`; these make a logger's name of it. */
function closing(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === CHAR.colon && (at + 1 === end || bytes[at + 1]! <= CHAR.space))
    return CLOSES.colon;
  const next = skipSpaces(bytes, at, end);
  if (next >= end) return CLOSES.nothing;
  if (bytes[next] === CHAR.pipe) return CLOSES.bar;
  if (next === at) return CLOSES.nothing;
  if (bytes[next] === CHAR.minus) return isDashes(bytes, next, end) ? CLOSES.dash : CLOSES.nothing;
  if (bytes[next] !== CHAR.colon) return CLOSES.nothing;
  return next + 1 === end || bytes[next + 1] === CHAR.space ? CLOSES.colon : CLOSES.nothing;
}

/** Whether a number is part of the header: three dashes, a bracket or another part's separator come next. */
function followsHeader(bytes: Uint8Array, at: number, end: number): boolean {
  const next = skipSpaces(bytes, at, end);
  if (next >= end) return false;
  const byte = bytes[next]!;
  return byte === CHAR.openBracket || byte === CHAR.minus || byte === CHAR.pipe;
}

function isNumber(bytes: Uint8Array, at: number, end: number): boolean {
  while (at < end && isDigit(bytes[at]!)) at += 1;
  return at === end;
}

function partEnd(bytes: Uint8Array, at: number, end: number): number {
  scanWord(bytes, at, Math.min(end, at + LONGEST_PART));
  return word.end;
}

function isSeparator(byte: number): boolean {
  return (
    byte === CHAR.space ||
    byte === CHAR.tab ||
    byte === CHAR.pipe ||
    byte === CHAR.colon ||
    byte === CHAR.comma ||
    byte === CHAR.closeBracket
  );
}

/** Spaces, bars, colons and dashes between parts; a dash belongs to a negative number or an option when no space follows. */
function skipSeparators(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (isSeparator(byte)) at += 1;
    else if (byte === CHAR.minus && isDashes(bytes, at, end)) at = endOfDashes(bytes, at, end);
    else return at;
  }
  return at;
}

function isDashes(bytes: Uint8Array, at: number, end: number): boolean {
  const after = endOfDashes(bytes, at, end);
  return after >= end || bytes[after]! <= CHAR.space;
}

function endOfDashes(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === CHAR.minus) at += 1;
  return at;
}
