import type { LogLevel } from '../../../../core/log/level.ts';
import { append, type ByteBuffer, clear, createByteBuffer, reserve } from '../framing/byte-buffer.ts';
import { RECORD_CAP_BYTES, RECORD_CAP_LINES } from '../framing/caps.ts';

const NEWLINE = 0x0a;

/**
 * A record whose last line is not known yet. As long as its lines stand behind each other in the chunk they are not copied: most records are one
 * line, and most of the others are whole within a chunk.
 */
export interface PendingRecord {
  isOpen: boolean;
  /** The chunk, or the buffer of `own`. */
  bytes: Buffer;
  start: number;
  end: number;
  isBorrowed: boolean;
  own: ByteBuffer;
  /** Joined lines; lines of the file, which are more where a container's runtime cut one into parts; and their bytes. */
  lines: number;
  fileLines: number;
  fileBytes: number;
  atByte: number;
  isCut: boolean;
  timeMs: number;
  level: LogLevel;
  /** It did not begin like a record of the stream's format. */
  isStray: boolean;
  /** Lines that nothing but the absence of a beginning ties to it. */
  unexplained: number;
}

export function createPendingRecord(): PendingRecord {
  const own = createByteBuffer();
  return {
    isOpen: false,
    bytes: own.bytes,
    start: 0,
    end: 0,
    isBorrowed: false,
    own,
    lines: 0,
    fileLines: 0,
    fileBytes: 0,
    atByte: 0,
    isCut: false,
    timeMs: Number.NaN,
    level: 0,
    isStray: false,
    unexplained: 0,
  };
}

/** Hot. */
export function openRecord(
  pending: PendingRecord,
  bytes: Buffer,
  start: number,
  end: number,
  atByte: number,
  isStable: boolean,
): void {
  pending.isOpen = true;
  pending.isBorrowed = true;
  pending.bytes = bytes;
  pending.start = start;
  pending.end = end;
  pending.lines = 1;
  pending.atByte = atByte;
  pending.isCut = false;
  pending.isStray = false;
  pending.unexplained = 0;
  if (!isStable) settleRecord(pending);
}

/** One more line; over the caps it is only counted. */
export function continueRecord(pending: PendingRecord, bytes: Buffer, start: number, end: number): void {
  pending.lines += 1;
  const room = RECORD_CAP_BYTES - (pending.end - pending.start) - 1;
  if (pending.lines > RECORD_CAP_LINES || end - start > room) {
    pending.isCut = true;
    return;
  }
  if (pending.isBorrowed && pending.bytes === bytes && start === pending.end + 1) {
    pending.end = end;
    return;
  }
  settleRecord(pending);
  const { own } = pending;
  reserve(own, 1 + end - start);
  own.bytes[own.length] = NEWLINE;
  own.length += 1;
  append(own, bytes, start, end);
  pending.bytes = own.bytes;
  pending.end = own.length;
}

/** Copies what is borrowed, because it is about to go away. */
export function settleRecord(pending: PendingRecord): void {
  if (!pending.isOpen || !pending.isBorrowed) return;
  const { own } = pending;
  own.length = 0;
  append(own, pending.bytes, pending.start, pending.end);
  pending.bytes = own.bytes;
  pending.start = 0;
  pending.end = own.length;
  pending.isBorrowed = false;
}

export function closeRecord(pending: PendingRecord): void {
  pending.isOpen = false;
  pending.fileLines = 0;
  pending.fileBytes = 0;
  if (!pending.isBorrowed) clear(pending.own);
}
