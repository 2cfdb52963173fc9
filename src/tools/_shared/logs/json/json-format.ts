import { LEVEL, type LogLevel } from '../../../../core/log/level.ts';
import {
  type ByteSlice,
  clearSlice,
  emptySlice,
  type RecordView,
  setSlice,
} from '../../../../core/log/record-view.ts';
import type { DecodeContext, FormatSample, LogFormat } from '../format.ts';
import { beginRecord } from '../formats/support/body.ts';
import { CHAR, find, indexOf, isLetter, trimEnd } from '../formats/support/bytes.ts';
import { levelOfWord } from '../formats/support/level-words.ts';
import { stackStart } from '../formats/support/stack-start.ts';
import { jsonFields } from './json-fields.ts';
import { compileLayout, ROLE, type RoleKeys } from './layout.ts';
import { JSON_KIND } from './members.ts';
import { createRoleValues, readRoles, type RoleValues } from './read-roles.ts';
import { topLevelMembers, type TopLevel } from './top-level.ts';
import {
  beginScratch,
  numberOf,
  scratchAt,
  scratchFor,
  setLines,
  setText,
  takeScratch,
  timeOf,
  undoDoubleEscapes,
} from './values.ts';

/** What tells one logger's JSON from another's. */
export interface JsonFormatSpec {
  name: string;
  title: string;
  /** 0 to 1, from the members of a line. */
  score(members: TopLevel): number;
  /** Its own names; the common ones are known anyway. */
  keys: RoleKeys;
  /** Level of a number. Without it numbers are told by their size. */
  levelOfNumber?: (level: number) => LogLevel;
  /** Level of a record that says none. */
  levelWithout?: LogLevel;
  samples: readonly FormatSample[];
}

/** A format whose records are one JSON object on one line. */
export function jsonFormat(spec: JsonFormatSpec): LogFormat {
  const layout = compileLayout(spec.keys);
  const values = createRoleValues();
  const levelOfNumber = spec.levelOfNumber ?? levelBySize;
  const levelWithout = spec.levelWithout ?? LEVEL.unknown;
  return {
    name: spec.name,
    title: spec.title,
    oneLine: true,
    score(line) {
      const members = topLevelMembers(line);
      return members === null ? 0 : spec.score(members);
    },
    startsRecord: (bytes, start, end) => start < end && bytes[start] === JSON_KIND.object,
    decode(view, context) {
      beginRecord(view);
      const { bytes, start, end } = view.raw;
      if (!readRoles(values, layout, bytes, start, end) || values.found === 0) return false;
      beginScratch();
      if (values.start[ROLE.time] !== -1) {
        view.timeMs = timeOf(
          bytes,
          values.start[ROLE.time]!,
          values.end[ROLE.time]!,
          values.kind[ROLE.time]!,
          context,
        );
      }
      view.level = values.start[ROLE.level] === -1 ? levelWithout : levelOf(values, bytes, levelOfNumber);
      setRole(view.message, values, ROLE.message, bytes, context);
      if (values.start[ROLE.logger] !== -1) setRole(view.logger, values, ROLE.logger, bytes, context);
      if (values.start[ROLE.exceptionType] !== -1)
        setRole(view.exceptionType, values, ROLE.exceptionType, bytes, context);
      if (values.start[ROLE.stack] !== -1) setStack(view, values, bytes, context);
      if (values.start[ROLE.error] !== -1) addError(view, values, bytes, context);
      if (view.stack.end === view.stack.start && values.isEscaped[ROLE.message] === 1) splitMessage(view);
      if (view.message.end === view.message.start) withoutMessage(view);
      return true;
    },
    fields: (view, sink) => jsonFields(layout, view.raw, sink),
    samples: spec.samples,
  };
}

function levelOf(
  values: RoleValues,
  bytes: Uint8Array,
  levelOfNumber: (level: number) => LogLevel,
): LogLevel {
  const start = values.start[ROLE.level]!;
  const end = values.end[ROLE.level]!;
  if (values.kind[ROLE.level] === JSON_KIND.string) {
    let wordEnd = start;
    // Of `ERROR+4` and `error (17)`, the word.
    while (wordEnd < end && isLetter(bytes[wordEnd]!)) wordEnd += 1;
    const level = levelOfWord(bytes, start, wordEnd);
    if (level !== LEVEL.unknown) return level;
    const number = numberOf(bytes, start, end);
    return Number.isNaN(number) ? LEVEL.unknown : levelOfNumber(number);
  }
  const number = numberOf(bytes, start, end);
  return Number.isNaN(number) ? LEVEL.unknown : levelOfNumber(number);
}

/** Of pino and bunyan, 10 to 60; of Monolog, 100 to 600. Python's tens are read as theirs, too, one step too low: its loggers write words. */
function levelBySize(level: number): LogLevel {
  return level >= 100 ? levelOfHundreds(level) : level >= 10 ? levelOfTens(level) : LEVEL.unknown;
}

/** Monolog: 100 debug, 200 info, 250 notice, 300 warning, 400 error, 500 critical and above. */
export function levelOfHundreds(level: number): LogLevel {
  if (level >= 500) return LEVEL.fatal;
  if (level >= 400) return LEVEL.error;
  if (level >= 300) return LEVEL.warn;
  return level >= 200 ? LEVEL.info : LEVEL.debug;
}

/** 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal; own levels between them count as the next lower one. */
export function levelOfTens(level: number): LogLevel {
  if (level >= 60) return LEVEL.fatal;
  if (level >= 50) return LEVEL.error;
  if (level >= 40) return LEVEL.warn;
  if (level >= 30) return LEVEL.info;
  if (level >= 20) return LEVEL.debug;
  return level > 0 ? LEVEL.trace : LEVEL.unknown;
}

function setRole(
  slice: ByteSlice,
  values: RoleValues,
  role: number,
  bytes: Uint8Array,
  context: DecodeContext,
): void {
  const start = values.start[role]!;
  if (start === -1) clearSlice(slice);
  else setText(slice, bytes, start, values.end[role]!, values.isEscaped[role] === 1, context);
}

function setStack(view: RecordView, values: RoleValues, bytes: Uint8Array, context: DecodeContext): void {
  if (values.kind[ROLE.stack] === JSON_KIND.array) {
    setLines(view.stack, bytes, values.start[ROLE.stack]!, values.end[ROLE.stack]!, context);
    return;
  }
  if (values.kind[ROLE.stack] !== JSON_KIND.string) return;
  setRole(view.stack, values, ROLE.stack, bytes, context);
  if (values.isEscaped[ROLE.stack] === 1) undoDoubleEscapes(view.stack);
  view.stack.end = trimEnd(view.stack.bytes, view.stack.start, view.stack.end);
}

const error = emptySlice();

/**
 * The text of an error beside the message: its stack where it holds one; else it is a part of what happened. `request failed` alone would make one
 * group of everything that can fail (loggers of Go write all errors so).
 */
function addError(view: RecordView, values: RoleValues, bytes: Uint8Array, context: DecodeContext): void {
  if (values.kind[ROLE.error] !== JSON_KIND.string) return;
  const { message, stack } = view;
  setRole(error, values, ROLE.error, bytes, context);
  if (values.isEscaped[ROLE.error] === 1) {
    undoDoubleEscapes(error);
    const from = stack.end > stack.start ? -1 : stackStart(error.bytes, error.start, error.end);
    if (from !== -1) {
      setSlice(stack, error.bytes, from, trimEnd(error.bytes, from, error.end));
      return;
    }
    error.end = find(error.bytes, CHAR.newline, error.start, error.end);
  }
  if (message.end === message.start) setSlice(message, error.bytes, error.start, error.end);
  else if (!holds(message, error) && !holds(stack, error)) join(message, error, context);
}

function holds(text: ByteSlice, part: ByteSlice): boolean {
  if (part.end === part.start) return true;
  return indexOf(text.bytes, text.start, text.end, part.bytes.subarray(part.start, part.end)) !== -1;
}

/** `message: error`, in the scratch buffer. */
function join(message: ByteSlice, error: ByteSlice, context: DecodeContext): void {
  const length = message.end - message.start + 2 + error.end - error.start;
  const scratch = scratchFor(context, length);
  const at = scratchAt();
  scratch.set(message.bytes.subarray(message.start, message.end), at);
  let next = at + message.end - message.start;
  scratch[next++] = CHAR.colon;
  scratch[next++] = CHAR.space;
  scratch.set(error.bytes.subarray(error.start, error.end), next);
  takeScratch(at + length);
  setSlice(message, scratch, at, at + length);
}

/** A message that goes on with a stack: winston writes `error.stack` so, and console libraries do. */
function splitMessage(view: RecordView): void {
  const { bytes, start, end } = view.message;
  const lineEnd = find(bytes, CHAR.newline, start, end);
  if (lineEnd === end) return;
  const stack = stackStart(bytes, start, end);
  if (stack === -1) return;
  setSlice(view.stack, bytes, stack, trimEnd(bytes, stack, end));
  view.message.end = trimEnd(bytes, start, stack <= lineEnd ? lineEnd : stack);
}

/** What is known of a record without a message: the headline of its stack, its type, or all of it. */
function withoutMessage(view: RecordView): void {
  const { stack, exceptionType, raw } = view;
  if (stack.end > stack.start) {
    setSlice(view.message, stack.bytes, stack.start, find(stack.bytes, CHAR.newline, stack.start, stack.end));
  } else if (exceptionType.end > exceptionType.start) {
    setSlice(view.message, exceptionType.bytes, exceptionType.start, exceptionType.end);
  } else setSlice(view.message, raw.bytes, raw.start, raw.end);
}
