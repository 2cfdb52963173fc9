import { addHistogram, emptyHistogram, record } from '../core/histogram.ts';
import type { Sample } from '../core/metric.ts';
import type { SampleBucket } from './store.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** What an aggregate needs of a sample. */
export type BucketSample = Pick<Sample, 'atMs' | 'outcome' | 'value' | 'cause' | 'coversMs'>;

/** A SampleBucket while it is being filled. */
export type OpenBucket = { -readonly [Key in keyof SampleBucket]: SampleBucket[Key] } & {
  causes: Record<string, number>;
};

export function emptyBucket(startMs: number, bucketMs: number): OpenBucket {
  return {
    startMs,
    bucketMs,
    histogram: emptyHistogram(),
    ok: 0,
    failed: 0,
    suspect: 0,
    okScheduled: 0,
    failedScheduled: 0,
    okCoverMs: 0,
    failedCoverMs: 0,
    causes: {},
  };
}

export function addSample(bucket: OpenBucket, sample: BucketSample): void {
  const scheduled = sample.coversMs > 0 ? 1 : 0;
  if (sample.outcome === 'suspect') {
    bucket.suspect += 1;
  } else if (sample.outcome === 'ok') {
    bucket.ok += 1;
    bucket.okScheduled += scheduled;
    bucket.okCoverMs += sample.coversMs;
    if (isRecordable(sample.value)) record(bucket.histogram, sample.value);
  } else {
    bucket.failed += 1;
    bucket.failedScheduled += scheduled;
    bucket.failedCoverMs += sample.coversMs;
    if (sample.cause !== undefined) addCause(bucket, sample.cause, 1);
  }
}

/** A histogram refuses other values, and one odd sample must not keep a whole series from being rolled up. */
function isRecordable(value: number | null): value is number {
  return value !== null && value >= 0 && Number.isFinite(value);
}

/** Adds `from` to `into`; the order in which parts are merged does not matter. */
export function mergeBucket(into: OpenBucket, from: SampleBucket): void {
  into.ok += from.ok;
  into.failed += from.failed;
  into.suspect += from.suspect;
  into.okScheduled += from.okScheduled;
  into.failedScheduled += from.failedScheduled;
  into.okCoverMs += from.okCoverMs;
  into.failedCoverMs += from.failedCoverMs;
  addHistogram(into.histogram, from.histogram);
  for (const [cause, count] of Object.entries(from.causes)) addCause(into, cause, count);
}

function addCause(bucket: OpenBucket, cause: string, count: number): void {
  bucket.causes[cause] = (bucket.causes[cause] ?? 0) + count;
}

/** Start of the bucket a time falls in; buckets are aligned to the epoch. */
export function bucketStart(atMs: number, bucketMs: number): number {
  return Math.floor(atMs / bucketMs) * bucketMs;
}

/** Buckets of one start, from parts of its time, as one. */
export function mergeByStart(buckets: readonly SampleBucket[]): SampleBucket[] {
  const merged = new Map<number, OpenBucket>();
  for (const bucket of buckets) {
    const known = merged.get(bucket.startMs);
    if (known === undefined) merged.set(bucket.startMs, { ...bucket, causes: { ...bucket.causes } });
    else mergeBucket(known, bucket);
  }
  return [...merged.values()];
}

/** Buckets by their start, made when first touched. */
export function bucketsBy(bucketMs: number): {
  at(atMs: number): OpenBucket;
  inOrder(): OpenBucket[];
} {
  const buckets = new Map<number, OpenBucket>();
  return {
    at(atMs) {
      const startMs = bucketStart(atMs, bucketMs);
      const known = buckets.get(startMs);
      if (known !== undefined) return known;
      const made = emptyBucket(startMs, bucketMs);
      buckets.set(startMs, made);
      return made;
    },
    inOrder: () => [...buckets.values()].sort((a, b) => a.startMs - b.startMs),
  };
}
