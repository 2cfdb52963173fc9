import {
  beginsWith,
  beginsWithAny,
  bytesOf,
  indexOfByte,
  indexOfPart,
  isDigit,
  skipBlanks,
  trimmedEnd,
  wordEnd,
} from './line-bytes.ts';
import { AT, hasPlace, isCall, isGoLine, isPhpFrame, isPythonHeadline, isRubyPlace } from './line-kinds.ts';

/** What a line is to the lines before it. */
export const TRACE_LINE = {
  /** Not known to belong to a trace. */
  none: 0,
  /** A trace begins that nothing before belongs to. */
  begins: 1,
  /** It belongs to the record before. */
  continues: 2,
} as const;
export type TraceLine = (typeof TRACE_LINE)[keyof typeof TRACE_LINE];

/**
 * Finds the lines of stack traces in plain text, one joiner per stream. It needs no line after the one it is asked about, so nothing is held back;
 * the price is that of a message over several lines only the last one stays with its frames, unless the runtime announces the trace first.
 */
export interface TraceJoiner {
  /** Hot. The line without its end. */
  line(bytes: Uint8Array, start: number, end: number): TraceLine;
  /** Another record began, or the stream was cut. */
  reset(): void;
}

/** What the lines before were; decides what unindented and unknown lines are. */
const STATE = {
  idle: 0,
  /** Frames that begin with `at`: JVM, V8, .NET. */
  calls: 1,
  /** Properties of an error object that V8 prints behind its frames. */
  properties: 2,
  /** `file:line`, source, caret: V8 before an uncaught error. */
  source: 3,
  python: 4,
  /** Below the line with the exception. */
  pythonEnd: 5,
  /** Told that another traceback follows. */
  pythonNext: 6,
  go: 7,
  php: 8,
  ruby: 9,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

const TRACEBACK = bytesOf('Traceback (most recent call last):');
const GROUP_TRACEBACK = bytesOf('+ Exception Group Traceback (most recent call last):');
const PYTHON_NEXT = [bytesOf('During handling of the above'), bytesOf('The above exception was the')];
/** What database drivers write below a Python exception. */
const PYTHON_TAIL = [
  'DETAIL:',
  'HINT:',
  'CONTEXT:',
  'LINE ',
  '[SQL: ',
  '[parameters: ',
  '(Background on this error',
].map(bytesOf);
const CAUSES = ['Caused by: ', 'caused by: ', 'Wrapped by: ', 'Suppressed: '].map(bytesOf);
const NESTED = [...CAUSES, ...['---> ', '--- End of ', '[cause]: '].map(bytesOf)];
const CALLS_BEGIN = ['Exception in thread "', 'Unhandled exception', 'Unhandled Exception'].map(bytesOf);
const CALLS_TAIL = ['Node.js v', '--- End of '].map(bytesOf);
const GO_BEGIN = ['panic: ', 'fatal error: '].map(bytesOf);
const GOROUTINE = bytesOf('goroutine ');
const PHP_BEGIN = bytesOf('PHP ');
const UNCAUGHT = bytesOf('Uncaught ');
const PHP_TAIL = ['Stack trace:', '[stacktrace]', 'Next ', 'PHP Stack trace:', 'PHP   ', '"}'].map(bytesOf);
const THROWN_IN = bytesOf('thrown in ');
const FROM = bytesOf('from ');
const FILE = bytesOf('File "');
const LINE = bytesOf('", line ');
const ELLIPSIS = bytesOf('... ');
const IN = bytesOf(':in ');
const GO_PLACE = bytesOf('.go:');
const SCRIPT_PLACES = ['.js:', '.ts:', '.mjs:', '.cjs:', '.jsx:', '.tsx:'].map(bytesOf);
const NODE_SCHEME = bytesOf('node:');
/** Blank lines within a trace; more of them end it. */
const MAX_BLANK_LINES = 1;
/** Lines from the place of an uncaught error to its first frame: source, caret, a message of some lines. */
const MAX_SOURCE_LINES = 8;

/** The first two bytes of everything that can begin a trace or go on with one, whatever came before it. A line without them is asked for a place only. */
const OPENINGS = new Uint8Array(0x1_0000);
for (const prefix of [
  TRACEBACK,
  GOROUTINE,
  PHP_BEGIN,
  AT,
  ...CALLS_BEGIN,
  ...GO_BEGIN,
  ...NESTED,
  ...PHP_TAIL,
])
  OPENINGS[(prefix[0]! << 8) | prefix[1]!] = 1;
for (const digit of bytesOf('0123456789')) OPENINGS[(0x23 << 8) | digit] = 1;

export function createTraceJoiner(): TraceJoiner {
  let state: State = STATE.idle;
  let blankLines = 0;
  let sourceLines = 0;

  const become = (next: State, line: TraceLine): TraceLine => {
    state = next;
    return line;
  };

  const blank = (): TraceLine => {
    blankLines += 1;
    if (state !== STATE.idle && blankLines <= MAX_BLANK_LINES) return TRACE_LINE.continues;
    return become(STATE.idle, TRACE_LINE.none);
  };

  const indented = (bytes: Uint8Array, at: number, end: number): TraceLine => {
    if (isCall(bytes, at, end)) {
      const inObject = state === STATE.properties || bytes[end - 1] === 0x7b;
      return become(inObject ? STATE.properties : STATE.calls, TRACE_LINE.continues);
    }
    if (state === STATE.idle) {
      const belongs = indentedState(bytes, at, end);
      if (belongs === STATE.idle) return TRACE_LINE.none;
      const begins = beginsWith(bytes, at, end, GROUP_TRACEBACK);
      return become(belongs, begins ? TRACE_LINE.begins : TRACE_LINE.continues);
    }
    if (state === STATE.pythonEnd && beginsWith(bytes, at, end, FILE)) state = STATE.python;
    return TRACE_LINE.continues;
  };

  const outer = (bytes: Uint8Array, start: number, end: number): TraceLine => {
    if (state !== STATE.idle) {
      if (state !== STATE.source) sourceLines = 0;
      else if ((sourceLines += 1) > MAX_SOURCE_LINES) state = STATE.idle;
      const next = stateAfter(state, bytes, start, end);
      if (next !== STATE.idle) return become(next, TRACE_LINE.continues);
    }
    const joined = joinedState(bytes, start, end);
    if (joined !== STATE.idle) return become(joined, TRACE_LINE.continues);
    const begun = begunState(bytes, start, end);
    return become(begun, begun === STATE.idle ? TRACE_LINE.none : TRACE_LINE.begins);
  };

  return {
    line(bytes, start, end) {
      if (state === STATE.idle && isPlain(bytes, start, end)) return TRACE_LINE.none;
      const at = skipBlanks(bytes, start, end);
      const trimmed = trimmedEnd(bytes, at, end);
      if (at === trimmed) return blank();
      const line = at > start ? indented(bytes, at, trimmed) : outer(bytes, start, trimmed);
      blankLines = 0;
      return line;
    },
    reset() {
      state = STATE.idle;
      blankLines = 0;
    },
  };
}

/** Most lines: what they begin with begins no trace, and their first word is no place. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return true;
  const first = bytes[start]!;
  if (first === 0x20 || first === 0x09 || OPENINGS[(first << 8) | bytes[start + 1]!] === 1) return false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === 0x3a && at + 1 < end && isDigit(bytes[at + 1])) return false;
    if (byte === 0x20 || byte === 0x09) return true;
  }
  return true;
}

/** What an indented line tells where nothing before did. */
function indentedState(bytes: Uint8Array, at: number, end: number): State {
  switch (bytes[at]) {
    case 0x2e: // ... 24 more
      return beginsWith(bytes, at, end, ELLIPSIS) && isDigit(bytes[at + ELLIPSIS.length])
        ? STATE.calls
        : placeState(bytes, at, end);
    case 0x46: // File "app.py", line 3
      return beginsWith(bytes, at, end, FILE) && indexOfPart(bytes, at, end, LINE) !== -1
        ? STATE.python
        : STATE.idle;
    case 0x66: // from app.rb:3:in `call'
      return beginsWith(bytes, at, end, FROM) && indexOfPart(bytes, at, end, IN) !== -1
        ? STATE.ruby
        : STATE.idle;
    case 0x2b: // + Exception Group Traceback
      return beginsWith(bytes, at, end, GROUP_TRACEBACK) ? STATE.python : STATE.idle;
    case 0x74: // thrown in /app/index.php on line 3
      return beginsWith(bytes, at, end, THROWN_IN) ? STATE.php : STATE.idle;
    default:
      return beginsWithAny(bytes, at, end, NESTED) ? STATE.calls : placeState(bytes, at, end);
  }
}

/** Go's and Ruby's places stand in the first word. */
function placeState(bytes: Uint8Array, at: number, end: number): State {
  const word = wordEnd(bytes, at, end);
  if (indexOfByte(bytes, at, word, 0x3a) === -1) return STATE.idle;
  if (hasPlace(bytes, at, word, GO_PLACE)) return STATE.go;
  return isRubyPlace(bytes, at, word) ? STATE.ruby : STATE.idle;
}

/** Whether an unindented line belongs to what is being read; idle when not. */
function stateAfter(state: State, bytes: Uint8Array, start: number, end: number): State {
  switch (state) {
    case STATE.calls:
      return beginsWithAny(bytes, start, end, CALLS_TAIL) ? STATE.calls : STATE.idle;
    case STATE.properties:
      return bytes[start] === 0x7d || bytes[start] === 0x5d || beginsWithAny(bytes, start, end, CALLS_TAIL)
        ? STATE.calls
        : STATE.idle;
    case STATE.source:
      // The source line, then the headline of the error, which frames follow.
      return STATE.source;
    case STATE.python:
      return isPythonHeadline(bytes, start, end) ? STATE.pythonEnd : STATE.idle;
    case STATE.pythonEnd:
      if (beginsWithAny(bytes, start, end, PYTHON_NEXT)) return STATE.pythonNext;
      return beginsWithAny(bytes, start, end, PYTHON_TAIL) ? STATE.pythonEnd : STATE.idle;
    case STATE.pythonNext:
      return beginsWith(bytes, start, end, TRACEBACK) ? STATE.python : STATE.idle;
    case STATE.go:
      return isGoLine(bytes, start, end) ? STATE.go : STATE.idle;
    case STATE.php:
      return beginsWithAny(bytes, start, end, PHP_TAIL) || isPhpFrame(bytes, start, end)
        ? STATE.php
        : STATE.idle;
    case STATE.ruby:
      return isRubyPlace(bytes, start, wordEnd(bytes, start, end)) ? STATE.ruby : STATE.idle;
    default:
      return STATE.idle;
  }
}

/** Unindented lines that belong to the record before even where it is not known for a trace: a log line whose trace follows. */
function joinedState(bytes: Uint8Array, start: number, end: number): State {
  switch (bytes[start]) {
    case 0x43:
    case 0x63:
    case 0x57:
      return beginsWithAny(bytes, start, end, CAUSES) ? STATE.calls : STATE.idle;
    case 0x61: // at, without indentation
      return isCall(bytes, start, end) && indexOfByte(bytes, start, end, 0x28) !== -1
        ? STATE.calls
        : STATE.idle;
    case 0x53:
      return beginsWithAny(bytes, start, end, PHP_TAIL) ? STATE.php : STATE.idle;
    case 0x23:
      return isPhpFrame(bytes, start, end) ? STATE.php : STATE.idle;
    case 0x2d:
      return beginsWithAny(bytes, start, end, NESTED) ? STATE.calls : STATE.idle;
    default:
      return STATE.idle;
  }
}

/** The kind of trace that an unindented line begins. */
function begunState(bytes: Uint8Array, start: number, end: number): State {
  switch (bytes[start]) {
    case 0x54:
      return beginsWith(bytes, start, end, TRACEBACK) ? STATE.python : STATE.idle;
    case 0x45:
    case 0x55:
      return beginsWithAny(bytes, start, end, CALLS_BEGIN) ? STATE.calls : STATE.idle;
    case 0x50:
      return beginsWith(bytes, start, end, PHP_BEGIN) && indexOfPart(bytes, start, end, UNCAUGHT) !== -1
        ? STATE.php
        : STATE.idle;
    default:
      if (beginsWithAny(bytes, start, end, GO_BEGIN)) return STATE.go;
      if (beginsWith(bytes, start, end, GOROUTINE) && bytes[end - 1] === 0x3a) return STATE.go;
      return placeBegin(bytes, start, end);
  }
}

/** `app.rb:3:in 'call': message (TypeError)`, or the `server.js:12` that V8 prints before source. */
function placeBegin(bytes: Uint8Array, start: number, end: number): State {
  const word = wordEnd(bytes, start, end);
  if (isRubyPlace(bytes, start, word)) return STATE.ruby;
  if (word !== end || !isDigit(bytes[end - 1])) return STATE.idle;
  const isScript =
    beginsWith(bytes, start, end, NODE_SCHEME) ||
    SCRIPT_PLACES.some((extension) => hasPlace(bytes, start, end, extension));
  return isScript ? STATE.source : STATE.idle;
}
