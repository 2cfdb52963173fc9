import type { RecordView } from '../../../../../core/log/record-view.ts';
import type { DecodeContext } from '../../format.ts';
import { readDayFirstTime } from '../../time/named-month.ts';
import { createTimeReading } from '../../time/reading.ts';
import { beginRecord } from './body.ts';
import { CHAR, find, isDigit, skipSpaces } from './bytes.ts';

const reading = createTimeReading();

/** `[01-Mar-2026 08:15:30`: both logs of PHP begin like this. */
export function isPhpHeader(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > 22 &&
    bytes[start] === CHAR.openBracket &&
    isDigit(bytes[start + 1]!) &&
    bytes[start + 3] === CHAR.minus &&
    bytes[start + 7] === CHAR.minus
  );
}

/** Offset of what follows `[time] `; -1 when that is not there. */
export function readPhpHeader(view: RecordView, context: DecodeContext, end: number): number {
  beginRecord(view);
  const { bytes, start } = view.raw;
  if (!isPhpHeader(bytes, start, end) || !readDayFirstTime(bytes, start + 1, end, context, reading))
    return -1;
  view.timeMs = reading.ms;
  const close = find(bytes, CHAR.closeBracket, reading.end, end);
  return close < end ? skipSpaces(bytes, close + 1, end) : -1;
}
