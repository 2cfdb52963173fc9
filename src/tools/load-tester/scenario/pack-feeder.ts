import type { Feeder } from '../../../core/load/plan.ts';

/** Rows as they go to the workers: one buffer of UTF-8 and one of ends, shared and never copied. */
export function packFeeder(
  name: string,
  order: Feeder['order'],
  fields: readonly string[],
  rows: readonly (readonly string[])[],
): Feeder {
  const encoder = new TextEncoder();
  let total = 0;
  for (const row of rows) for (const value of row) total += Buffer.byteLength(value);
  const bytes = new SharedArrayBuffer(total);
  const ends = new SharedArrayBuffer(rows.length * fields.length * Uint32Array.BYTES_PER_ELEMENT);
  const target = new Uint8Array(bytes);
  const endOf = new Uint32Array(ends);
  let at = 0;
  let cell = 0;
  for (const row of rows) {
    for (const value of row) {
      const encoded = encoder.encode(value);
      target.set(encoded, at);
      at += encoded.length;
      endOf[cell] = at;
      cell += 1;
    }
  }
  return { name, fields, rows: rows.length, order, bytes, ends };
}
