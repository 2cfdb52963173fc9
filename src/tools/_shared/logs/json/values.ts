import { type ByteSlice, setSlice } from '../../../../core/log/record-view.ts';
import type { DecodeContext } from '../format.ts';
import { CHAR } from '../formats/support/bytes.ts';
import { readAnyTime } from '../time/any.ts';
import { epochMs } from '../time/epoch.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading, type TimeContext } from '../time/reading.ts';
import { createJsonMembers, JSON_KIND, nextElement, openArray } from './members.ts';
import { unescapeJson } from './unescape.ts';

/** How much of the context's scratch is taken by slices of the record being decoded. Nothing else runs meanwhile. */
let used = 0;

export function beginScratch(): void {
  used = 0;
}

/** Room for `length` bytes. Slices that were made before keep the array they were made in. */
export function scratchFor(context: DecodeContext, length: number): Uint8Array {
  if (used + length > context.scratch.length) {
    context.scratch = Buffer.allocUnsafe(Math.max(length, Math.min(context.scratch.length * 2, 1024 * 1024)));
    used = 0;
  }
  return context.scratch;
}

/** Where the next bytes go; `takeScratch` says how far they went. */
export function scratchAt(): number {
  return used;
}

export function takeScratch(end: number): void {
  used = end;
}

/** The text of a string, unescaped where it must be. */
export function setText(
  slice: ByteSlice,
  bytes: Uint8Array,
  start: number,
  end: number,
  isEscaped: boolean,
  context: DecodeContext,
): void {
  if (!isEscaped) {
    setSlice(slice, bytes, start, end);
    return;
  }
  const scratch = scratchFor(context, end - start);
  const at = used;
  used = unescapeJson(bytes, start, end, scratch, at);
  setSlice(slice, scratch, at, used);
}

const elements = createJsonMembers();

/** Strings of an array as lines of one text: how some loggers write stacks. Empty when it holds none. */
export function setLines(
  slice: ByteSlice,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: DecodeContext,
): void {
  const scratch = scratchFor(context, end - start);
  const from = used;
  if (openArray(elements, bytes, start, end)) {
    while (nextElement(elements)) {
      if (elements.kind !== JSON_KIND.string) continue;
      if (used > from) scratch[used++] = CHAR.newline;
      used = unescapeJson(bytes, elements.valueStart, elements.valueEnd, scratch, used);
    }
  }
  setSlice(slice, scratch, from, used);
}

/** Line ends that were escaped twice, `\n` in two characters, become line ends, in place: only where there is no true one. */
export function undoDoubleEscapes(slice: ByteSlice): void {
  const { bytes, start, end } = slice;
  let hasLiteral = false;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === CHAR.newline) return;
    if (bytes[at] === CHAR.backslash && bytes[at + 1] === 0x6e) hasLiteral = true;
  }
  if (!hasLiteral) return;
  let to = start;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === CHAR.backslash && at + 1 < end && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x74)) {
      bytes[to++] = bytes[at + 1] === 0x6e ? CHAR.newline : CHAR.tab;
      at += 1;
    } else bytes[to++] = bytes[at]!;
  }
  slice.end = to;
}

const reading = createTimeReading();

/** Epoch ms of a time in whatever form JSON loggers write it; NaN when it is none. */
export function timeOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: number,
  context: TimeContext,
): number {
  if (kind === JSON_KIND.string) {
    if (readIsoTime(bytes, start, end, context, reading) || readAnyTime(bytes, start, end, context, reading))
      return reading.ms;
    return epochOf(bytes, start, end);
  }
  return kind === JSON_KIND.other ? epochOf(bytes, start, end) : Number.NaN;
}

function epochOf(bytes: Uint8Array, start: number, end: number): number {
  const value = numberOf(bytes, start, end);
  const ms = epochMs(value);
  if (ms === value && Number.isInteger(ms)) return ms;
  // The floor is of a value rounded to the microsecond: seconds times a thousand end in .9999 as often as not.
  return Math.floor(Math.round(ms * 1_000) / 1_000);
}

/** A JSON number; NaN for anything else. */
export function numberOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  while (at < end) {
    const digit = bytes[at]! - CHAR.zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at += 1;
  }
  if (at === end && end > start && end - start < 16) return value;
  if (end - start > 40 || end === start) return Number.NaN;
  return Number(String.fromCharCode(...bytes.subarray(start, end)));
}
