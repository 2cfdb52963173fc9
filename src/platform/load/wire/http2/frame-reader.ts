import {
  ERROR,
  FLAG,
  FRAME,
  FRAME_HEADER_BYTES,
  MIN_MAX_FRAME_BYTES,
  type Violation,
  violation,
} from './constants.ts';

/**
 * Cuts what was read into frames. DATA is handed on as it comes, so that a body is never kept here; any other frame is handed on
 * whole: out of the read buffer when it lies there in one piece, out of `carry` when it was split. At most one frame is carried.
 */
export interface FrameHandlers {
  /** A frame other than DATA; `start` to `end` is its payload, valid during the call. */
  onFrame(type: number, flags: number, streamId: number, payload: Buffer, start: number, end: number): void;
  /** A DATA frame begins; `bytes` counts against flow control: padding and its length byte are in it. */
  onDataStart(streamId: number, flags: number, bytes: number): void;
  /** The next bytes of its content. */
  onDataBytes(payload: Buffer, start: number, end: number): void;
  /** Content and padding are over. */
  onDataEnd(flags: number): void;
  onViolation(violation: Violation): void;
}

export interface FrameReader {
  /** A frame whose rest has not come, from its header on; `carried` bytes of it. */
  carry: Buffer;
  carried: number;
  /** Inside of a DATA frame: content and padding that are still to come. -1: between frames. */
  contentLeft: number;
  paddingLeft: number;
  dataFlags: number;
  /** Nothing is read any more. */
  stopped: boolean;
}

const NOT_IN_DATA = -1;
const FIRST_CARRY_BYTES = 1_024;

export function createFrameReader(): FrameReader {
  return {
    carry: Buffer.allocUnsafeSlow(0),
    carried: 0,
    contentLeft: NOT_IN_DATA,
    paddingLeft: 0,
    dataFlags: 0,
    stopped: false,
  };
}

/** Takes `length` bytes from the beginning of `bytes`. Handlers may set `stopped`. */
export function readFrames(
  reader: FrameReader,
  bytes: Buffer,
  length: number,
  handlers: FrameHandlers,
): void {
  let at = 0;
  while (at < length && !reader.stopped) {
    if (reader.contentLeft !== NOT_IN_DATA) at = readData(reader, bytes, at, length, handlers);
    else if (reader.carried > 0) at = readCarried(reader, bytes, at, length, handlers);
    else at = readWhole(reader, bytes, at, length, handlers);
  }
}

/** A frame that begins at `at`: returns where the next one does, or `length` when the rest is carried. */
function readWhole(
  reader: FrameReader,
  bytes: Buffer,
  at: number,
  length: number,
  handlers: FrameHandlers,
): number {
  const needed = neededBytes(bytes, at, length - at);
  if (needed < 0) return refuse(reader, handlers, length);
  if (at + needed <= length) {
    takeFrame(reader, bytes, at, handlers);
    return at + needed;
  }
  keep(reader, bytes, at, length, needed);
  return length;
}

/** Completes the frame that was split; returns how far it went in what was read now. */
function readCarried(
  reader: FrameReader,
  bytes: Buffer,
  from: number,
  length: number,
  handlers: FrameHandlers,
): number {
  let at = from;
  for (;;) {
    const needed = neededBytes(reader.carry, 0, reader.carried);
    if (needed < 0) return refuse(reader, handlers, length);
    if (reader.carried === needed) break;
    if (at === length) return at;
    const end = Math.min(length, at + needed - reader.carried);
    keep(reader, bytes, at, end, needed);
    at = end;
  }
  reader.carried = 0;
  takeFrame(reader, reader.carry, 0, handlers);
  return at;
}

/**
 * Bytes of a frame that must be there before it can be taken, by the `available` ones of it: of DATA only its header and its
 * padding's length. -1 for a frame that is too long.
 */
function neededBytes(bytes: Buffer, at: number, available: number): number {
  if (available < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
  const payload = payloadBytes(bytes, at);
  if (payload > MIN_MAX_FRAME_BYTES) return -1;
  if (bytes[at + 3] !== FRAME.DATA) return FRAME_HEADER_BYTES + payload;
  const isPadded = (bytes[at + 4]! & FLAG.PADDED) !== 0 && payload > 0;
  return isPadded ? FRAME_HEADER_BYTES + 1 : FRAME_HEADER_BYTES;
}

function takeFrame(reader: FrameReader, bytes: Buffer, at: number, handlers: FrameHandlers): void {
  const payload = payloadBytes(bytes, at);
  const type = bytes[at + 3]!;
  const flags = bytes[at + 4]!;
  // The first bit is reserved and ignored (section 4.1).
  const streamId = bytes.readUInt32BE(at + 5) & 0x7f_ff_ff_ff;
  const start = at + FRAME_HEADER_BYTES;
  if (type !== FRAME.DATA) {
    handlers.onFrame(type, flags, streamId, bytes, start, start + payload);
    return;
  }
  let padding = 0;
  let content = payload;
  if ((flags & FLAG.PADDED) !== 0) {
    padding = payload === 0 ? 0 : bytes[start]!;
    content = payload - 1 - padding;
    if (content < 0) {
      handlers.onViolation(violation(ERROR.PROTOCOL_ERROR, 'DATA with more padding than payload'));
      return;
    }
  }
  reader.contentLeft = content;
  reader.paddingLeft = padding;
  reader.dataFlags = flags;
  handlers.onDataStart(streamId, flags, payload);
  if (!reader.stopped) endDataIfOver(reader, handlers);
}

function readData(
  reader: FrameReader,
  bytes: Buffer,
  from: number,
  length: number,
  handlers: FrameHandlers,
): number {
  let at = from;
  if (reader.contentLeft > 0) {
    const end = Math.min(length, at + reader.contentLeft);
    reader.contentLeft -= end - at;
    handlers.onDataBytes(bytes, at, end);
    at = end;
    if (reader.stopped) return at;
  }
  if (reader.contentLeft === 0) {
    const skipped = Math.min(length - at, reader.paddingLeft);
    reader.paddingLeft -= skipped;
    at += skipped;
  }
  endDataIfOver(reader, handlers);
  return at;
}

function endDataIfOver(reader: FrameReader, handlers: FrameHandlers): void {
  if (reader.contentLeft > 0 || reader.paddingLeft > 0) return;
  reader.contentLeft = NOT_IN_DATA;
  handlers.onDataEnd(reader.dataFlags);
}

function keep(reader: FrameReader, bytes: Buffer, from: number, to: number, needed: number): void {
  if (reader.carry.length < needed) {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_CARRY_BYTES, needed));
    reader.carry.copy(larger, 0, 0, reader.carried);
    reader.carry = larger;
  }
  bytes.copy(reader.carry, reader.carried, from, to);
  reader.carried += to - from;
}

function refuse(reader: FrameReader, handlers: FrameHandlers, length: number): number {
  handlers.onViolation(
    violation(ERROR.FRAME_SIZE_ERROR, `a frame of more than ${MIN_MAX_FRAME_BYTES} bytes`),
  );
  reader.stopped = true;
  return length;
}

function payloadBytes(bytes: Buffer, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}
