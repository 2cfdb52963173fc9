import type { Histogram } from './histogram.ts';

/*
 * Version 1: the byte 1; sum, min and max as little-endian doubles (NaN for the min and max of an empty one); zero count and
 * number of buckets; then for each bucket the distance of its key to the one before and its count. Integers are LEB128 varints.
 * An hour of latencies takes about 200 bytes.
 */
const VERSION = 1;
const HEADER_BYTES = 1 + 3 * 8;

export function serialiseHistogram(histogram: Histogram): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint8(0, VERSION);
  header.setFloat64(1, histogram.sum, true);
  header.setFloat64(9, histogram.min ?? Number.NaN, true);
  header.setFloat64(17, histogram.max ?? Number.NaN, true);
  const bytes = [...new Uint8Array(header.buffer)];
  const entries = Object.entries(histogram.buckets);
  writeVarint(bytes, histogram.zeroCount);
  writeVarint(bytes, entries.length);
  let previousKey = 0;
  for (const [key, count] of entries) {
    writeVarint(bytes, Number(key) - previousKey);
    writeVarint(bytes, count);
    previousKey = Number(key);
  }
  return Uint8Array.from(bytes);
}

/** RangeError when the bytes are not exactly one histogram. */
export function deserialiseHistogram(bytes: Uint8Array): Histogram {
  if (bytes.length < HEADER_BYTES) throw malformed('too short');
  if (bytes[0] !== VERSION) throw malformed(`version ${bytes[0]}`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const [min, max] = [header.getFloat64(9, true), header.getFloat64(17, true)];
  const next = varintReader(bytes, HEADER_BYTES);

  const sum = header.getFloat64(1, true);
  const zeroCount = next.read();
  const buckets: Record<number, number> = {};
  let count = zeroCount;
  let key = 0;
  for (let left = next.read(); left > 0; left -= 1) {
    key += next.read();
    const inBucket = next.read();
    if (inBucket === 0 || buckets[key] !== undefined) throw malformed('an empty or repeated bucket');
    buckets[key] = inBucket;
    count += inBucket;
  }
  if (!next.atEnd()) throw malformed('bytes left over');
  if (!(Number.isSafeInteger(count) && sum >= 0 && Number.isFinite(sum))) throw malformed('count or sum');
  if (count === 0) return { count, sum, min: null, max: null, zeroCount, buckets };
  if (!(min >= 0 && min <= max && Number.isFinite(max))) throw malformed('minimum or maximum');
  return { count, sum, min, max, zeroCount, buckets };
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  // Division, not shifts: counts may need more than 32 bits.
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function varintReader(bytes: Uint8Array, start: number): { read(): number; atEnd(): boolean } {
  let at = start;
  return {
    read() {
      let value = 0;
      for (let scale = 1; ; scale *= 0x80) {
        const byte = bytes[at];
        if (byte === undefined) throw malformed('it ends early');
        at += 1;
        value += (byte & 0x7f) * scale;
        if (!Number.isSafeInteger(value)) throw malformed('a number too large');
        if (byte < 0x80) return value;
      }
    },
    atEnd: () => at === bytes.length,
  };
}

function malformed(what: string): RangeError {
  return new RangeError(`Malformed histogram: ${what}`);
}
