import { LEVEL, type LogLevel } from './level.ts';

/** A part of a buffer, `end` exclusive; empty where there is none (`start === end`). */
export interface ByteSlice {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * One log record as the decoder of its format leaves it. There is one object per reader, filled anew for each record: whoever wants to keep
 * anything copies it before returning. Text stays bytes until somebody must read it.
 */
export interface RecordView {
  /** The record as it stands in the log: all of its lines, without the last line end, without the wrapper of a container. */
  raw: ByteSlice;
  /** Epoch milliseconds; NaN where the record says none. */
  timeMs: number;
  level: LogLevel;
  /** What happened, in words: of `raw`, or of a scratch buffer when it had to be unescaped. Its first lines only, when a stack follows. */
  message: ByteSlice;
  /** A stack trace with its headline, as plain lines (`\n` unescaped). */
  stack: ByteSlice;
  /** Where a field says it apart from the stack: `TypeError`, `PG::UniqueViolation`. */
  exceptionType: ByteSlice;
  /** Logger, component or program: `com.shop.Orders`, `sshd`. */
  logger: ByteSlice;
  /** Number of lines that were joined. */
  lines: number;
  /** Content offset of its first byte in its stream: with the stream and the time it is the record's place, which samples are drawn by. */
  atByte: number;
}

const EMPTY = new Uint8Array(0);

export function emptySlice(): ByteSlice {
  return { bytes: EMPTY, start: 0, end: 0 };
}

export function createRecordView(): RecordView {
  return {
    raw: emptySlice(),
    timeMs: Number.NaN,
    level: LEVEL.unknown,
    message: emptySlice(),
    stack: emptySlice(),
    exceptionType: emptySlice(),
    logger: emptySlice(),
    lines: 0,
    atByte: 0,
  };
}

export function setSlice(slice: ByteSlice, bytes: Uint8Array, start: number, end: number): void {
  slice.bytes = bytes;
  slice.start = start;
  slice.end = end;
}

export function clearSlice(slice: ByteSlice): void {
  slice.start = 0;
  slice.end = 0;
}

/** A copy that stays as it is. */
export function copyRecordView(view: RecordView): RecordView {
  const raw = copySlice(view.raw);
  const within = (slice: ByteSlice): ByteSlice => {
    const isPart =
      slice.bytes === view.raw.bytes && slice.start >= view.raw.start && slice.end <= view.raw.end;
    if (!isPart) return copySlice(slice);
    return { bytes: raw.bytes, start: slice.start - view.raw.start, end: slice.end - view.raw.start };
  };
  return {
    ...view,
    raw,
    message: within(view.message),
    stack: within(view.stack),
    exceptionType: within(view.exceptionType),
    logger: within(view.logger),
  };
}

function copySlice({ bytes, start, end }: ByteSlice): ByteSlice {
  if (start === end) return emptySlice();
  return { bytes: Buffer.from(bytes.subarray(start, end)), start: 0, end: end - start };
}

/** As text, for people: invalid UTF-8 becomes the replacement character. At most `maxBytes`, never half a character. */
export function sliceText({ bytes, start, end }: ByteSlice, maxBytes = Number.POSITIVE_INFINITY): string {
  const cut = end - start > maxBytes;
  // A decoder of its own: one that streams keeps the half of a character for the next call.
  return new TextDecoder().decode(bytes.subarray(start, cut ? start + maxBytes : end), { stream: cut });
}
