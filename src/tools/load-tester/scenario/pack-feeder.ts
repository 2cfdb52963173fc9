import type { Feeder } from '../../../core/load/plan.ts';

export interface FeederPacker {
  add(row: readonly string[]): void;
  /** Rows so far, and the bytes of their values. */
  readonly rows: number;
  readonly bytes: number;
  done(): Feeder;
}

const FIRST_BYTES = 65_536;
const FIRST_CELLS = 4_096;

/**
 * Rows as they go to the workers: one buffer of UTF-8 and one of ends, shared between threads. Packed as they are read, so that a
 * large file never stands in memory as strings.
 */
export function packFeeder(name: string, order: Feeder['order'], fields: readonly string[]): FeederPacker {
  let text = Buffer.allocUnsafe(FIRST_BYTES);
  let ends = new Uint32Array(FIRST_CELLS);
  let at = 0;
  let cells = 0;
  let rows = 0;
  return {
    add(row) {
      for (let field = 0; field < fields.length; field += 1) {
        const value = row[field] ?? '';
        // Three bytes at most for a unit of UTF-16.
        if (at + value.length * 3 > text.length) text = grown(text, at + value.length * 3);
        if (cells === ends.length) {
          const larger = new Uint32Array(ends.length * 2);
          larger.set(ends);
          ends = larger;
        }
        at += text.write(value, at);
        ends[cells] = at;
        cells += 1;
      }
      rows += 1;
    },
    get rows() {
      return rows;
    },
    get bytes() {
      return at;
    },
    done() {
      const sharedText = new SharedArrayBuffer(at);
      new Uint8Array(sharedText).set(text.subarray(0, at));
      const sharedEnds = new SharedArrayBuffer(cells * Uint32Array.BYTES_PER_ELEMENT);
      new Uint32Array(sharedEnds).set(ends.subarray(0, cells));
      return { name, fields, rows, order, bytes: sharedText, ends: sharedEnds };
    },
  };
}

function grown(text: Buffer, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(text.length * 2, needed));
  text.copy(larger);
  return larger;
}
