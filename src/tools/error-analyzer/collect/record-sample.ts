import { LIMIT } from '../analyze/segments/limits.ts';
import type { Sample } from '../analyze/segments/samples.ts';
import type { RecordFields } from './record-fields.ts';
import type { PlacedRecord } from './error-record.ts';

/** Cut to its length only when it is redacted: a secret must not lose its form before. */
const UNCUT_BYTES = LIMIT.sampleBytes + 512;

/** A copy: the bytes of a view are only lent. */
export function sampleOf({ stream, view, rank, atMs, timeless }: PlacedRecord, fields: RecordFields): Sample {
  const { bytes, start, end } = view.raw;
  const text = new Uint8Array(bytes.subarray(start, Math.min(end, start + UNCUT_BYTES)));
  return { rank, atMs, timeless, level: view.level, text, fields: fields.all, user: fields.user, stream };
}
