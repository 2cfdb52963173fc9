import { CHAR, ascii, findFar, isDigit, isLetter, skipSpaces, startsWith, trimEnd } from './bytes.ts';

const AT = ascii('at ');
const FILE = ascii('File "');
const FROM = ascii('from ');
const TRACEBACK = ascii('Traceback (most recent call last)');
const EXCEPTION_GROUP = ascii('+ Exception Group Traceback');
const PANIC = ascii('panic: ');
const GOROUTINE = ascii('goroutine ');
const STACK_TRACE = ascii('Stack trace:');
const PHP_STACK_TRACE = ascii('PHP Stack trace:');
const RUBY_IN = ascii(':in ');
const ERROR = ascii('Error');
const EXCEPTION = ascii('Exception');

/**
 * Where the stack trace of a record begins, with its headline; -1 when there is none. Only tells where: what is in it is the trace parsers'
 * business. The headline is the nearest line above the first frame that begins with the name of an error, else the line above it, from such a name
 * on when one stands within.
 */
export function stackStart(bytes: Uint8Array, start: number, end: number): number {
  let named = -1;
  let previous = -1;
  let previousEnd = -1;
  for (let line = start; line < end;) {
    const lineEnd = findFar(bytes, CHAR.newline, line, end);
    const text = skipSpaces(bytes, line, lineEnd);
    if (opensTrace(bytes, text, lineEnd)) return text;
    if (line > start && isFrame(bytes, line, text, lineEnd)) {
      if (named !== -1) return named;
      if (previous === -1) return line;
      const within = errorNameWithin(bytes, previous, previousEnd);
      return within === -1 ? previous : within;
    }
    if (isErrorName(bytes, text, lineEnd)) named = text;
    if (trimEnd(bytes, text, lineEnd) > text && !isStackTraceTitle(bytes, text, lineEnd)) {
      previous = text;
      previousEnd = lineEnd;
    }
    line = lineEnd + 1;
  }
  return -1;
}

function opensTrace(bytes: Uint8Array, at: number, end: number): boolean {
  switch (bytes[at]) {
    case 0x54:
      return startsWith(bytes, at, end, TRACEBACK);
    case CHAR.plus:
      return startsWith(bytes, at, end, EXCEPTION_GROUP);
    case 0x70:
      return startsWith(bytes, at, end, PANIC);
    case 0x67:
      return startsWith(bytes, at, end, GOROUTINE) && hasDigit(bytes, at + GOROUTINE.length, end);
    default:
      return false;
  }
}

function isStackTraceTitle(bytes: Uint8Array, at: number, end: number): boolean {
  return startsWith(bytes, at, end, STACK_TRACE) || startsWith(bytes, at, end, PHP_STACK_TRACE);
}

/** Frames of Node, Java and .NET (`at `), Python (`File "`), Ruby (`from `, `file.rb:1:in`) and PHP (`#0 `). */
function isFrame(bytes: Uint8Array, line: number, text: number, end: number): boolean {
  const isIndented = text > line;
  switch (bytes[text]) {
    case 0x61:
      if (isIndented && startsWith(bytes, text, end, AT)) return true;
      break;
    case 0x46:
      return isIndented && startsWith(bytes, text, end, FILE);
    case 0x66:
      if (isIndented && startsWith(bytes, text, end, FROM)) return true;
      break;
    case CHAR.hash:
      return hasDigit(bytes, text + 1, end);
    default:
  }
  return isRubyFrame(bytes, text, end);
}

export function isRubyFrame(bytes: Uint8Array, text: number, end: number): boolean {
  for (let at = text; at < end - RUBY_IN.length; at += 1) {
    if (bytes[at] === CHAR.space) return false;
    if (bytes[at] === CHAR.colon && isDigit(bytes[at - 1] ?? 0) && startsWith(bytes, at, end, RUBY_IN))
      return true;
  }
  return false;
}

/** Whether a name such as `TypeError`, `java.io.IOException` or `App\NotFoundException` begins here and ends at a colon, a space or the line. */
function isErrorName(bytes: Uint8Array, at: number, end: number): boolean {
  let next = at;
  while (next < end && isNamePart(bytes[next]!)) next += 1;
  const after = next < end ? bytes[next]! : CHAR.newline;
  if (after !== CHAR.colon && after > CHAR.space && after !== CHAR.openParen) return false;
  return endsWith(bytes, at, next, ERROR) || endsWith(bytes, at, next, EXCEPTION);
}

function hasDigit(bytes: Uint8Array, at: number, end: number): boolean {
  return at < end && isDigit(bytes[at]!);
}

function isNamePart(byte: number): boolean {
  return (
    isLetter(byte) ||
    isDigit(byte) ||
    byte === CHAR.dot ||
    byte === CHAR.underscore ||
    byte === CHAR.backslash ||
    byte === 0x24
  );
}

function endsWith(bytes: Uint8Array, start: number, end: number, suffix: Uint8Array): boolean {
  return end - start >= suffix.length && startsWith(bytes, end - suffix.length, end, suffix);
}

/** `Could not pay: TypeError: x is undefined`: offset of the first error's name that a colon follows and a space precedes. */
function errorNameWithin(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at - 1] !== CHAR.space || !isLetter(bytes[at]!)) continue;
    let next = at;
    while (next < end && isNamePart(bytes[next]!)) next += 1;
    if (next < end && bytes[next] === CHAR.colon && isErrorName(bytes, at, end)) return at;
    at = next;
  }
  return -1;
}
