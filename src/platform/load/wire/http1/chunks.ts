/** Where decoded bytes go. Returns true when no more are wanted. */
export interface BodySink {
  body(bytes: Buffer, from: number, end: number): boolean;
}

/** Results of `readChunks` that are no position. */
export const CHUNKS_NEED_MORE = -1;
export const CHUNKS_INVALID = -2;
const CHUNKS_STOPPED = -3;

const CR = 13;
const LF = 10;
const SP = 32;
const HTAB = 9;
const SEMICOLON = 59;

/** Of one line with its extensions, and of all trailers together. */
const MAX_LINE_BYTES = 16 * 1024;
/** 2^52 and more is no length that will ever come, and zeros can be put before a size without end. */
const MAX_DIGITS = 13;

const SIZE = 0;
const BLANKS = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILER_START = 7;
const TRAILER = 8;
const TRAILER_LF = 9;
const END_LF = 10;

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit += 1) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Where in a chunked body (RFC 9112, section 7.1) the last read ended. */
export interface Chunks {
  state: number;
  digits: number;
  /** Bytes of this chunk that are still to come. */
  remaining: number;
  /** Bytes of extensions in this line, or of trailers. */
  lineBytes: number;
  /** Why it is invalid. */
  problem: string;
}

export function createChunks(): Chunks {
  return { state: SIZE, digits: 0, remaining: 0, lineBytes: 0, problem: '' };
}

export function beginChunks(chunks: Chunks): void {
  chunks.state = SIZE;
  chunks.digits = 0;
  chunks.remaining = 0;
  chunks.lineBytes = 0;
}

/** Returns the position after the last byte of the body, or CHUNKS_NEED_MORE, CHUNKS_INVALID, CHUNKS_STOPPED. */
export function readChunks(chunks: Chunks, bytes: Buffer, from: number, end: number, sink: BodySink): number {
  let at = from;
  while (at < end) {
    if (chunks.state === DATA) {
      const to = Math.min(end, at + chunks.remaining);
      chunks.remaining -= to - at;
      if (chunks.remaining === 0) chunks.state = DATA_CR;
      if (sink.body(bytes, at, to)) return CHUNKS_STOPPED;
      at = to;
      continue;
    }
    const byte = bytes[at]!;
    at += 1;
    const problem = chunks.state < DATA ? readSize(chunks, byte) : readBetween(chunks, byte);
    if (problem !== null) {
      chunks.problem = problem;
      return CHUNKS_INVALID;
    }
    if (chunks.state === END_LF && byte === LF) return at;
  }
  return CHUNKS_NEED_MORE;
}

/** A byte of the line before a chunk's data; what is wrong with it, or null. */
function readSize(chunks: Chunks, byte: number): string | null {
  if (chunks.state === SIZE) {
    const digit = HEX[byte]!;
    if (digit >= 0) {
      chunks.digits += 1;
      chunks.remaining = chunks.remaining * 16 + digit;
      return chunks.digits > MAX_DIGITS ? 'a chunk size of too many digits' : null;
    }
    if (chunks.digits === 0) return 'a chunk without a size';
    chunks.state = BLANKS;
  }
  if (chunks.state === SIZE_LF) {
    if (byte !== LF) return 'a carriage return without a line feed after a chunk size';
    chunks.state = chunks.remaining === 0 ? TRAILER_START : DATA;
    chunks.digits = 0;
    chunks.lineBytes = 0;
    return null;
  }
  if (byte === CR) {
    chunks.state = SIZE_LF;
    return null;
  }
  chunks.lineBytes += 1;
  if (chunks.lineBytes > MAX_LINE_BYTES) return 'chunk extensions of more than 16 KiB';
  if (chunks.state === EXTENSION)
    return byte === LF || byte === 0 ? 'a control character in a chunk extension' : null;
  if (byte === SEMICOLON) chunks.state = EXTENSION;
  else if (byte !== SP && byte !== HTAB) return 'a chunk size that is no number';
  return null;
}

/** A byte after a chunk's data, or of the trailers; what is wrong with it, or null. */
function readBetween(chunks: Chunks, byte: number): string | null {
  switch (chunks.state) {
    case DATA_CR:
      chunks.state = DATA_LF;
      return byte === CR ? null : 'a chunk longer than its size';
    case DATA_LF:
      chunks.state = SIZE;
      return byte === LF ? null : 'a chunk longer than its size';
    case TRAILER_START:
    case TRAILER:
      if (byte === CR) {
        chunks.state = chunks.state === TRAILER_START ? END_LF : TRAILER_LF;
        return null;
      }
      chunks.state = TRAILER;
      chunks.lineBytes += 1;
      if (byte === LF || byte === 0) return 'a control character in a trailer';
      return chunks.lineBytes > MAX_LINE_BYTES ? 'trailers of more than 16 KiB' : null;
    case TRAILER_LF:
      chunks.state = TRAILER_START;
      return byte === LF ? null : 'a carriage return without a line feed in a trailer';
    default:
      return byte === LF ? null : 'a carriage return without a line feed after the last chunk';
  }
}
