import { LEVEL } from '../../../../../core/log/level.ts';
import { clearSlice, setSlice, type RecordView } from '../../../../../core/log/record-view.ts';
import { CHAR, find, findFar, skipSpaces, trimEnd } from './bytes.ts';
import { stackStart } from './stack-start.ts';

/** Makes a view empty but for what the reader sets. */
export function beginRecord(view: RecordView): void {
  view.timeMs = Number.NaN;
  view.level = LEVEL.unknown;
  clearSlice(view.message);
  clearSlice(view.stack);
  clearSlice(view.exceptionType);
  clearSlice(view.logger);
}

/** End of the first line of a record. */
export function firstLineEnd(view: RecordView): number {
  const { bytes, start, end } = view.raw;
  return view.lines === 1 ? end : findFar(bytes, CHAR.newline, start, end);
}

/** What stands behind the header, from `at` to the record's end: the message, and the stack when one follows. */
export function setBody(view: RecordView, at: number): void {
  const { bytes, end } = view.raw;
  const start = skipSpaces(bytes, at, end);
  setSlice(view.message, bytes, start, trimEnd(bytes, start, end));
  if (view.lines !== 1) splitStack(view, start, end);
}

function splitStack(view: RecordView, start: number, end: number): void {
  const { bytes } = view.raw;
  const stack = stackStart(bytes, start, end);
  if (stack === -1) return;
  setSlice(view.stack, bytes, stack, trimEnd(bytes, stack, end));
  // When the headline of the stack is the message, its first line is what happened.
  const lineEnd = find(bytes, CHAR.newline, start, end);
  const messageEnd = stack < lineEnd ? lineEnd : stack;
  view.message.end = trimEnd(bytes, start, messageEnd);
  if (view.message.end === start)
    setSlice(view.message, bytes, stack, trimEnd(bytes, stack, find(bytes, CHAR.newline, stack, end)));
}
