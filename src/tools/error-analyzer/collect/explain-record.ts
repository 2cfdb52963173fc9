import { emptySlice, type RecordView, sliceText } from '../../../core/log/record-view.ts';
import { createRecordReader } from '../../_shared/logs/record-reader.ts';
import { parseTrace } from '../../_shared/logs/trace/parse.ts';
import { exceptionKey, type ExceptionKeyOptions } from '../analyze/exception/key.ts';
import { exceptionGroupId, messageGroupId } from '../analyze/segments/families.ts';
import { explainShape } from '../analyze/shape/explain.ts';
import { firstLine } from './record-keys.ts';

/** How a record came to its group, step by step, before anything was merged. */
export interface RecordExplanation {
  id: string;
  steps: readonly string[];
}

const MAX_STACK_BYTES = 64 * 1_024;
const MAX_STEP = 300;

/** The same keys as `createRecordKeys` makes, with what they are made of. Not redacted. */
export function explainRecord(view: RecordView, exceptions: ExceptionKeyOptions): RecordExplanation {
  const trace =
    view.stack.start === view.stack.end ? null : parseTrace(sliceText(view.stack, MAX_STACK_BYTES));
  if (trace !== null) {
    const { exact, explanation } = exceptionKey(trace, (text) => explainShape(text).shape, exceptions);
    return { id: exceptionGroupId(exact), steps: explanation.map(cap) };
  }
  const line = emptySlice();
  firstLine(view, line);
  const text = sliceText(line);
  const { shape } = explainShape(text);
  return {
    id: messageGroupId(shape.key),
    steps: [
      `line: ${text}`,
      `variables taken out: ${shape.template}`,
      `words that count: ${shape.canonical}`,
    ].map(cap),
  };
}

/** Of the text of one record as it was kept; null where nothing can be read in it. */
export function explainRecordText(text: string, exceptions: ExceptionKeyOptions): RecordExplanation | null {
  let found: RecordExplanation | null = null;
  const reader = createRecordReader({
    zoneOffsetMinutes: 0,
    modifiedMs: 0,
    onRecord: (view) => (found ??= explainRecord(view, exceptions)),
  });
  const bytes = new TextEncoder().encode(text);
  reader.push(bytes, 0, bytes.length, 0);
  reader.end();
  return found;
}

function cap(step: string): string {
  return step.length > MAX_STEP ? `${step.slice(0, MAX_STEP - 1)}…` : step;
}
