import { RearguardError } from '../../../core/errors.ts';
import type { Feeder } from '../../../core/load/plan.ts';

/** Offsets are 32 bits. */
const MAX_BYTES = 2 ** 32 - 1;

/**
 * Rows as one block of bytes that all workers share: no copy for each, and no objects. Rows have a value for each field, in the order
 * of `fields`; one that is absent or null becomes an empty text, and what is no text becomes JSON. Throws E_SCENARIO_INVALID without rows.
 */
export async function packFeeder(
  name: string,
  fields: readonly string[],
  rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>,
  order: Feeder['order'],
): Promise<Feeder> {
  let bytes = Buffer.allocUnsafe(65_536);
  let ends = new Uint32Array(4096);
  let [used, cells, count] = [0, 0, 0];
  for await (const row of rows) {
    if (cells + fields.length > ends.length) {
      const larger = new Uint32Array(Math.max(cells + fields.length, ends.length * 2));
      larger.set(ends);
      ends = larger;
    }
    for (let field = 0; field < fields.length; field += 1) {
      const text = textOf(row[field]);
      // UTF-8 takes at most three bytes for each UTF-16 unit.
      if (used + text.length * 3 > bytes.length) {
        bytes = grown(bytes, used, text.length * 3);
        if (bytes.length > MAX_BYTES) throw refused(name, 'more than 4 GiB of values');
      }
      used += bytes.write(text, used, 'utf8');
      ends[cells] = used;
      cells += 1;
    }
    count += 1;
  }
  if (count === 0) throw refused(name, 'no rows');
  return {
    name,
    fields,
    rows: count,
    order,
    bytes: shared(bytes.subarray(0, used)),
    ends: shared(new Uint8Array(ends.buffer, 0, cells * 4)),
  };
}

function grown(bytes: Buffer<ArrayBuffer>, used: number, more: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(used + more, bytes.length * 2));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function refused(name: string, problem: string): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path: `feeder ${name}`, problems: problem });
}
