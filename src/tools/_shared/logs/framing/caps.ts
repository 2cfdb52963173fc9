/** What is kept of one line; the rest of it is counted and left out. */
export const LINE_CAP_BYTES = 64 * 1024;

/**
 * A document of OpenTelemetry's collector holds a whole batch of records on one line, so cutting it at the cap of ordinary lines would lose most of
 * them. Its collector sends batches of 8,192 records at most, by default.
 */
export const BATCH_LINE_CAP_BYTES = 8 * 1024 * 1024;

export const RECORD_CAP_LINES = 500;
export const RECORD_CAP_BYTES = 256 * 1024;

/** Streams within one stream (containers, units, processes) that are assembled at the same time. */
export const OPEN_LANES = 128;

const BATCH_PREFIX = Buffer.from('{"resourceLogs"');
export const BATCH_PREFIX_BYTES = BATCH_PREFIX.length;

/** The cap of the line that begins at `start`. */
export function lineCapAt(bytes: Buffer, start: number, end: number): number {
  if (end - start < BATCH_PREFIX_BYTES) return LINE_CAP_BYTES;
  const isBatch = BATCH_PREFIX.compare(bytes, start, start + BATCH_PREFIX_BYTES) === 0;
  return isBatch ? BATCH_LINE_CAP_BYTES : LINE_CAP_BYTES;
}

/** Where a text of at most `cap` bytes ends without half a UTF-8 character. */
export function cutAt(bytes: Uint8Array, start: number, cap: number): number {
  let end = start + cap;
  for (let back = 0; back < 3 && end > start && (bytes[end]! & 0xc0) === 0x80; back += 1) end -= 1;
  return end;
}
