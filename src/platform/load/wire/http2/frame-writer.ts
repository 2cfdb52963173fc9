import type { Socket } from 'node:net';
import { FRAME, FRAME_HEADER_BYTES, MIN_MAX_FRAME_BYTES } from './constants.ts';

/**
 * Frames that wait for the next flush, one after another in a slab. What was handed to the socket is never written to again, as the
 * kernel or TLS may still have to read it: a full slab is left to the collector, and the next flush begins a new one.
 */
export interface FrameWriter {
  slab: Buffer;
  /** What lies between waits for `flushFrames`. */
  from: number;
  to: number;
}

/** The first slab of a connection and the largest one: thousands that are idle hold little, busy ones seldom need another. */
const FIRST_SLAB_BYTES = 512;
const SLAB_BYTES = 32_768;

export function createFrameWriter(): FrameWriter {
  return { slab: Buffer.allocUnsafeSlow(0), from: 0, to: 0 };
}

/** All that waits, in one write. */
export function flushFrames(writer: FrameWriter, socket: Socket): void {
  if (writer.from === writer.to) return;
  socket.write(writer.slab.subarray(writer.from, writer.to));
  writer.from = writer.to;
}

export function writeBytes(writer: FrameWriter, bytes: Buffer): void {
  reserve(writer, bytes.length);
  writer.slab.set(bytes, writer.to);
  writer.to += bytes.length;
}

/** The head of a request, with the number of its stream put into its frames. */
export function writeHead(writer: FrameWriter, head: Buffer, streamId: number): void {
  writeBytes(writer, head);
  // All frames but the last are full.
  const step = FRAME_HEADER_BYTES + MIN_MAX_FRAME_BYTES;
  const at = writer.to - head.length;
  for (let frame = 0; frame < head.length; frame += step) putStreamId(writer.slab, at + frame, streamId);
}

export function writeData(
  writer: FrameWriter,
  streamId: number,
  body: Buffer,
  span: { from: number; to: number },
  flags: number,
): void {
  const length = span.to - span.from;
  const at = writeFrameHeader(writer, length, FRAME.DATA, flags, streamId);
  body.copy(writer.slab, at, span.from, span.to);
}

/** A frame whose payload is one 32-bit number: RST_STREAM, WINDOW_UPDATE. */
export function writeNumber(writer: FrameWriter, type: number, streamId: number, value: number): void {
  const at = writeFrameHeader(writer, 4, type, 0, streamId);
  writer.slab.writeUInt32BE(value, at);
}

/** Any other frame. */
export function writeFrame(
  writer: FrameWriter,
  frame: { type: number; flags: number; streamId: number },
  payload: Uint8Array,
): void {
  const at = writeFrameHeader(writer, payload.length, frame.type, frame.flags, frame.streamId);
  writer.slab.set(payload, at);
}

/** Reserves the payload too and returns where it goes. */
function writeFrameHeader(
  writer: FrameWriter,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  reserve(writer, FRAME_HEADER_BYTES + length);
  const { slab, to } = writer;
  slab[to] = length >>> 16;
  slab[to + 1] = length >>> 8;
  slab[to + 2] = length;
  slab[to + 3] = type;
  slab[to + 4] = flags;
  putStreamId(slab, to, streamId);
  writer.to = to + FRAME_HEADER_BYTES + length;
  return to + FRAME_HEADER_BYTES;
}

function putStreamId(slab: Buffer, frame: number, streamId: number): void {
  slab[frame + 5] = streamId >>> 24;
  slab[frame + 6] = streamId >>> 16;
  slab[frame + 7] = streamId >>> 8;
  slab[frame + 8] = streamId;
}

function reserve(writer: FrameWriter, bytes: number): void {
  if (writer.to + bytes <= writer.slab.length) return;
  const waiting = writer.slab.subarray(writer.from, writer.to);
  const usual = Math.min(SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, 2 * writer.slab.length));
  const slab = Buffer.allocUnsafeSlow(Math.max(usual, 2 * (waiting.length + bytes)));
  slab.set(waiting, 0);
  writer.slab = slab;
  writer.from = 0;
  writer.to = waiting.length;
}
