import { append, clear, createByteBuffer, reserve } from './byte-buffer.ts';
import { BATCH_PREFIX_BYTES, cutAt, LINE_CAP_BYTES, lineCapAt } from './caps.ts';
import { copyClean } from './clean.ts';
import { createUtf16Lines, type Utf16Lines } from './utf16.ts';

/**
 * Hot. One line without its end. `bytes` is the chunk itself, or a buffer that is only valid during the call. `atByte` is where the line begins in
 * the content, `nextByte` where the next one does.
 */
export type LineSink = (
  bytes: Buffer,
  start: number,
  end: number,
  atByte: number,
  nextByte: number,
  isCut: boolean,
) => void;

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Bytes in any pieces in, lines out. */
export interface LineFramer {
  push(chunk: Buffer, start: number, end: number, atByte: number): void;
  /** Gives out a last line without its end. */
  flush(): void;
  /** Offset of the first byte of the line that is not whole yet. */
  lineFromByte(): number;
  /** Null until enough was seen. */
  encoding(): Encoding | null;
}

/** Enough to tell an encoding: a byte-order mark, or two characters of UTF-16. */
const HEAD_BYTES = 4;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const NONE = Number.MAX_SAFE_INTEGER;

/** `fromByte` and `known`: where an earlier framer of the same content stopped, and what it had found. */
export function createLineFramer(sink: LineSink, fromByte: number, known: Encoding | null): LineFramer {
  const carry = createByteBuffer(4_096);
  const cleaned = createByteBuffer();
  const head = createByteBuffer(HEAD_BYTES);
  let isCarrying = false;
  let lineFrom = fromByte;
  let position = fromByte;
  let encoding = known;
  let utf16: Utf16Lines | null = null;
  // Where the next byte stands that must be taken out of a line: one search a chunk instead of one a line.
  let escapeAt = NONE;
  let nulAt = NONE;

  function push(bytes: Buffer, start: number, end: number, atByte: number): void {
    if (start >= end) return;
    if (encoding === null) {
      if (atByte > head.length) encoding = 'utf-8';
      else {
        // Only ever at the beginning of the content: its first bytes may come one at a time.
        const taken = Math.min(end, start + HEAD_BYTES - head.length);
        append(head, bytes, start, taken);
        position = atByte + (taken - start);
        if (head.length < HEAD_BYTES) return;
        decideEncoding();
        start = taken;
        atByte = position;
      }
    }
    pushKnown(bytes, start, end, atByte);
  }

  function decideEncoding(): void {
    const { bytes, length } = head;
    encoding = encodingOf(bytes, length);
    const skip =
      encoding === 'utf-8' && length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
        ? 3
        : 0;
    lineFrom = skip;
    pushKnown(bytes, skip, length, skip);
  }

  function pushKnown(bytes: Buffer, start: number, end: number, atByte: number): void {
    if (encoding !== 'utf-8') {
      utf16 ??= createUtf16Lines(encoding === 'utf-16be', atByte, sinkClean);
      utf16.push(bytes, start, end, atByte);
      return;
    }
    const base = atByte - start;
    position = base + end;
    escapeAt = next(bytes, ESCAPE, start);
    nulAt = next(bytes, 0, start);
    let at = start;
    if (isCarrying) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline === -1 || newline >= end) {
        hold(bytes, at, end);
        return;
      }
      hold(bytes, at, newline);
      emitCarry(base + newline + 1);
      at = newline + 1;
    }
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline === -1 || newline >= end) break;
      emit(bytes, at, newline, base + at, base + newline + 1);
      at = newline + 1;
    }
    lineFrom = base + at;
    if (at < end) hold(bytes, at, end);
  }

  function emit(bytes: Buffer, start: number, end: number, atByte: number, nextByte: number): void {
    if (end > start && bytes[end - 1] === RETURN) end -= 1;
    if (escapeAt < start) escapeAt = next(bytes, ESCAPE, start);
    if (nulAt < start) nulAt = next(bytes, 0, start);
    if (escapeAt < end || nulAt < end) {
      emitClean(bytes, start, end, atByte, nextByte);
      return;
    }
    let isCut = false;
    if (end - start > LINE_CAP_BYTES) {
      const cap = lineCapAt(bytes, start, end);
      isCut = end - start > cap;
      if (isCut) end = cutAt(bytes, start, cap);
    }
    sink(bytes, start, end, atByte, nextByte, isCut);
  }

  function emitClean(bytes: Buffer, start: number, end: number, atByte: number, nextByte: number): void {
    cleaned.length = 0;
    // What is held of a line is bounded; what stands in a chunk is not.
    while (start < end && bytes[start] === 0) start += 1;
    const cap = lineCapAt(bytes, start, end);
    const isCut = end - start > cap;
    if (isCut) end = cutAt(bytes, start, cap);
    reserve(cleaned, end - start);
    cleaned.length = copyClean(bytes, start, end, cleaned.bytes, 0);
    sink(cleaned.bytes, 0, cleaned.length, atByte, nextByte, isCut);
    clear(cleaned);
  }

  function emitCarry(nextByte: number): void {
    const { bytes, length } = carry;
    const from = lineFrom;
    isCarrying = false;
    lineFrom = nextByte;
    sinkCarried(bytes, length, from, nextByte);
    clear(carry);
  }

  function sinkCarried(bytes: Buffer, length: number, atByte: number, nextByte: number): void {
    const cap = lineCapAt(bytes, 0, length);
    let end = length;
    // Of a longer line that is cut this is no end, but then a byte less is over the cap, too.
    if (end > 0 && bytes[end - 1] === RETURN) end -= 1;
    const isCut = end > cap;
    end = cleanInPlace(bytes, isCut ? cutAt(bytes, 0, cap) : end);
    sink(bytes, 0, end, atByte, nextByte, isCut);
  }

  const sinkClean: LineSink = (bytes, start, end, atByte, nextByte, isCut) => {
    sink(bytes, start, cleanInPlace(bytes, end), atByte, nextByte, isCut);
  };

  /** Holds a line whose end is not here yet: two bytes more than its cap at most, as one of them may be a carriage return, and the other shows that it was cut. */
  function hold(bytes: Buffer, start: number, end: number): void {
    isCarrying = true;
    // A file that was truncated under its writer begins with a hole of NULs, as long as what was there before.
    if (carry.length === 0) while (start < end && bytes[start] === 0) start += 1;
    const first = Math.min(end, start + Math.max(0, BATCH_PREFIX_BYTES - carry.length));
    append(carry, bytes, start, first);
    const room = lineCapAt(carry.bytes, 0, carry.length) + 2 - carry.length;
    append(carry, bytes, first, Math.min(end, first + Math.max(0, room)));
  }

  return {
    push,
    flush() {
      if (encoding === null && head.length > 0) decideEncoding();
      if (utf16 !== null) utf16.flush();
      else if (isCarrying) emitCarry(position);
    },
    lineFromByte: () => (utf16 === null ? lineFrom : utf16.lineFromByte()),
    encoding: () => encoding,
  };
}

function next(bytes: Buffer, byte: number, at: number): number {
  const found = bytes.indexOf(byte, at);
  return found === -1 ? NONE : found;
}

function cleanInPlace(bytes: Buffer, end: number): number {
  return next(bytes, ESCAPE, 0) < end || next(bytes, 0, 0) < end ? copyClean(bytes, 0, end, bytes, 0) : end;
}

function encodingOf(head: Uint8Array, length: number): Encoding {
  const [a, b, c, d] = head;
  if (length >= 2 && a === 0xff && b === 0xfe) return 'utf-16le';
  if (length >= 2 && a === 0xfe && b === 0xff) return 'utf-16be';
  if (length < HEAD_BYTES) return 'utf-8';
  // Without a mark: two characters of ASCII, each with an empty byte.
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le';
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return 'utf-16be';
  return 'utf-8';
}
