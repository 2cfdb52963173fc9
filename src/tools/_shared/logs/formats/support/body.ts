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
  if (view.lines !== 1) {
    setText(view, bytes, at, end);
    return;
  }
  const start = skipSpaces(bytes, at, end);
  setSlice(view.message, bytes, start, trimEnd(bytes, start, end));
}

/** The same for text of several lines, wherever it is. */
export function setText(view: RecordView, bytes: Uint8Array, at: number, end: number): void {
  const start = skipSpaces(bytes, at, end);
  setSlice(view.message, bytes, start, trimEnd(bytes, start, end));
  const stack = stackStart(bytes, start, end);
  if (stack === -1) return;
  setSlice(view.stack, bytes, stack, trimEnd(bytes, stack, end));
  // When the headline of the stack is the message, its first line is what happened.
  const lineEnd = find(bytes, CHAR.newline, start, end);
  view.message.end = trimEnd(bytes, start, stack < lineEnd ? lineEnd : stack);
  if (view.message.end > start) return;
  setSlice(view.message, bytes, stack, trimEnd(bytes, stack, find(bytes, CHAR.newline, stack, end)));
}
