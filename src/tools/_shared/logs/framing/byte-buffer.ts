/** Bytes that are collected until a line or a record is whole. Grows by doubling, never beyond what its owner puts in. */
export interface ByteBuffer {
  bytes: Buffer;
  length: number;
}

/** Below this many bytes a loop is faster than making a view of them. */
const LOOP_BYTES = 160;

export function createByteBuffer(capacity = 1_024): ByteBuffer {
  return { bytes: Buffer.allocUnsafe(capacity), length: 0 };
}

export function reserve(buffer: ByteBuffer, more: number): void {
  const needed = buffer.length + more;
  if (needed <= buffer.bytes.length) return;
  const grown = Buffer.allocUnsafe(Math.max(needed, buffer.bytes.length * 2));
  grown.set(buffer.bytes.subarray(0, buffer.length));
  buffer.bytes = grown;
}

export function append(buffer: ByteBuffer, bytes: Uint8Array, start: number, end: number): void {
  if (end <= start) return;
  reserve(buffer, end - start);
  if (end - start < LOOP_BYTES) {
    const to = buffer.bytes;
    let at = buffer.length;
    for (let from = start; from < end; from += 1) to[at++] = bytes[from]!;
  } else buffer.bytes.set(bytes.subarray(start, end), buffer.length);
  buffer.length += end - start;
}

/** A buffer that once held much is let go, so that one giant line does not keep its memory for ever. */
export function clear(buffer: ByteBuffer, keepBytes = 256 * 1024): void {
  buffer.length = 0;
  if (buffer.bytes.length > keepBytes) buffer.bytes = Buffer.allocUnsafe(1_024);
}
