import {
  setSlice,
  emptySlice,
  sliceText,
  type ByteSlice,
  type RecordView,
} from '../../../core/log/record-view.ts';
import type { Redactor } from '../../../core/redact.ts';
import { capText, oneLine } from '../../../core/text.ts';
import { parseTrace } from '../../_shared/logs/trace/parse.ts';
import { exceptionKey, type ExceptionKeyOptions } from '../analyze/exception/key.ts';
import { exceptionGroupId, messageGroupId } from '../analyze/segments/families.ts';
import type { GroupIdentity } from '../analyze/segments/groups.ts';
import { hashStack } from '../analyze/segments/hash.ts';
import { LIMIT } from '../analyze/segments/limits.ts';
import { shapeOf } from '../analyze/shape/canonical.ts';
import { collapsedText, endOfShape } from '../analyze/shape/collapse.ts';
import { OVERFLOW_SHAPE, type Shape, type ShapeTable } from '../analyze/shape/types.ts';
import { saysFailure } from './failure-words.ts';

/** Of stacks whose group is known; a storm of errors repeats the same ones. */
const MEMO_ENTRIES = 4_096;
/** Of a stack, for its trace. */
const STACK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Which group a record belongs to. Keys are made before redaction, so that it changes no group; titles are redacted. */
export interface RecordKeys {
  /** Hot. Of the first line of the message, or of the record where it has none. */
  shapeIndex(view: RecordView): number;
  saysFailure(shapeIndex: number): boolean;
  messageGroup(shapeIndex: number): GroupIdentity;
  /** In the words of this very record, as which of its shape came first must not matter. */
  titleOf(view: RecordView, shapeIndex: number): string;
  /** Redacted; null where the record names none. */
  loggerOf(view: RecordView): string | null;
  /** By stack and type of its exception; null where it has none that can be read. */
  exceptionGroup(view: RecordView, shapeIndex: number): GroupIdentity | null;
}

export interface RecordKeyOptions {
  table: ShapeTable;
  redact: Redactor;
  exceptions: ExceptionKeyOptions;
}

export function createRecordKeys({ table, redact, exceptions }: RecordKeyOptions): RecordKeys {
  const messages: GroupIdentity[] = [];
  const failures: boolean[] = [];
  const stacks = new Map<number, GroupIdentity | null>();
  const line = emptySlice();

  const titled = (text: string): string => capText(redact.text(oneLine(text)), LIMIT.titleChars);

  const makeMessageGroup = (index: number): GroupIdentity => {
    const shape = table.shape(index);
    return {
      id: messageGroupId(shape.key),
      kind: 'message',
      // What is past the limit of shapes has nothing in common that tier 2 could merge by.
      shape: index === OVERFLOW_SHAPE ? null : shape,
      // That of its first record takes its place at once.
      title: '',
      culprit: null,
    };
  };

  const makeExceptionGroup = (view: RecordView): GroupIdentity | null => {
    const trace = parseTrace(sliceText(view.stack, STACK_BYTES));
    if (trace === null) return null;
    const { exact, title, culprit } = exceptionKey(trace, shapeOfText, exceptions);
    return {
      id: exceptionGroupId(exact),
      kind: 'exception',
      shape: null,
      title: titled(title),
      culprit: culprit === null ? null : titled(culprit),
    };
  };

  return {
    shapeIndex(view) {
      firstLine(view, line);
      return table.indexOf(line.bytes, line.start, line.end);
    },
    saysFailure: (index) => (failures[index] ??= saysFailure(table.shape(index).canonical)),
    messageGroup: (index) => (messages[index] ??= makeMessageGroup(index)),
    titleOf(view, index) {
      if (index === OVERFLOW_SHAPE) return table.shape(index).template;
      firstLine(view, line);
      return titled(shapeOfBytes(line).template);
    },
    loggerOf({ logger }) {
      return logger.start === logger.end ? null : titled(sliceText(logger, LIMIT.fieldChars));
    },
    exceptionGroup(view, index) {
      const { bytes, start, end } = view.stack;
      if (start === end) return null;
      const memo =
        hashStack(bytes, start, end, index) * 0x20_0000 + (hashStack(bytes, start, end, ~index) >>> 11);
      let group = stacks.get(memo);
      if (group === undefined) {
        group = makeExceptionGroup(view);
        if (stacks.size >= MEMO_ENTRIES) stacks.clear();
        stacks.set(memo, group);
      }
      return group;
    },
  };
}

/** Of the message, or of the record where it has none: what a group of messages is known by. */
export function firstLine(view: RecordView, into: ByteSlice): void {
  const { message, raw } = view;
  const { bytes, start, end } = message.start < message.end ? message : raw;
  const limit = Math.min(end, start + LIMIT.sampleBytes);
  if (view.lines === 1 && bytes === raw.bytes) {
    setSlice(into, bytes, start, limit);
    return;
  }
  let at = start;
  while (at < limit && bytes[at] !== NEWLINE) at += 1;
  setSlice(into, bytes, start, at);
}

function shapeOfBytes({ bytes, start, end }: ByteSlice): Shape {
  return shapeOf(collapsedText(bytes, start, endOfShape(bytes, start, end)));
}

const encoder = new TextEncoder();

function shapeOfText(text: string): Shape {
  const bytes = encoder.encode(text);
  return shapeOfBytes({ bytes, start: 0, end: bytes.length });
}
