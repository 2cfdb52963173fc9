/**
 * A log-linear histogram of latencies for the hot path (HdrHistogram's idea, Tene 2012): 128 steps to a power of two, so that every
 * value is within 0.8 % of its bucket's middle from 4 microseconds on. Counts are integers, so any split merges to the whole bit for bit.
 * One unit is a sixteenth of a microsecond; the largest value is 268 s, longer ones count as that.
 */
const UNITS_PER_MS = 16_000;
const SUB_BITS = 7;
const SUB_BUCKETS = 1 << SUB_BITS;
const MAX_UNITS = 0xff_ff_ff_ff;
export const BUCKETS = SUB_BUCKETS * (32 - SUB_BITS + 1);

export interface LatencyHistogram {
  counts: Uint32Array;
  /** In units, exact as long as it stays below 2^53: a thousand years of latency. */
  sumUnits: number;
  /** In units; Infinity and 0 while it is empty. */
  minUnits: number;
  maxUnits: number;
}

/** What is not zero, in ascending order of buckets: how a histogram goes between threads, into the store and into JSON. */
export interface SparseHistogram {
  buckets: readonly number[];
  counts: readonly number[];
  sumUnits: number;
  /** null while it is empty. */
  minUnits: number | null;
  maxUnits: number | null;
}

export const EMPTY_SPARSE: SparseHistogram = {
  buckets: [],
  counts: [],
  sumUnits: 0,
  minUnits: null,
  maxUnits: null,
};

export function createLatencyHistogram(): LatencyHistogram {
  return { counts: new Uint32Array(BUCKETS), sumUnits: 0, minUnits: Infinity, maxUnits: 0 };
}

/** Counts a time in milliseconds; one below 0 counts as 0. Some 5 ns, and nothing is allocated: `Math.round` alone would cost 10 more. */
export function recordLatency(histogram: LatencyHistogram, ms: number): void {
  const rounded = ms * UNITS_PER_MS + 0.5;
  let units = 0;
  if (rounded >= MAX_UNITS) units = MAX_UNITS;
  else if (rounded >= 1) units = rounded >>> 0;
  histogram.counts[bucketOf(units)]! += 1;
  histogram.sumUnits += units;
  if (units < histogram.minUnits) histogram.minUnits = units;
  if (units > histogram.maxUnits) histogram.maxUnits = units;
}

export function addSparse(histogram: LatencyHistogram, sparse: SparseHistogram): void {
  for (const [position, bucket] of sparse.buckets.entries()) {
    histogram.counts[bucket]! += sparse.counts[position] ?? 0;
  }
  histogram.sumUnits += sparse.sumUnits;
  histogram.minUnits = Math.min(histogram.minUnits, sparse.minUnits ?? Infinity);
  histogram.maxUnits = Math.max(histogram.maxUnits, sparse.maxUnits ?? 0);
}

export function toSparse(histogram: LatencyHistogram): SparseHistogram {
  const { counts: all, sumUnits, minUnits, maxUnits } = histogram;
  if (minUnits === Infinity) return EMPTY_SPARSE;
  const buckets: number[] = [];
  const counts: number[] = [];
  // Workers do this several times a second between their requests, so only what can be filled is looked at.
  const last = bucketOf(maxUnits);
  for (let bucket = bucketOf(minUnits); bucket <= last; bucket += 1) {
    const count = all[bucket]!;
    if (count === 0) continue;
    buckets.push(bucket);
    counts.push(count);
  }
  return { buckets, counts, sumUnits, minUnits, maxUnits };
}

export function clearLatencies(histogram: LatencyHistogram): void {
  histogram.counts.fill(0);
  histogram.sumUnits = 0;
  histogram.minUnits = Infinity;
  histogram.maxUnits = 0;
}

export function mergeSparse(parts: Iterable<SparseHistogram>): SparseHistogram {
  const whole = createLatencyHistogram();
  for (const part of parts) addSparse(whole, part);
  return toSparse(whole);
}

export function latencyCount({ counts }: SparseHistogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** In milliseconds; null without values. */
export function latencyMean(histogram: SparseHistogram): number | null {
  const count = latencyCount(histogram);
  return count === 0 ? null : histogram.sumUnits / count / UNITS_PER_MS;
}

/** The value at rank ceil(q n), in milliseconds, within 0.8 %; the ends are exact. null without values. */
export function latencyQuantile(histogram: SparseHistogram, q: number): number | null {
  const { minUnits, maxUnits } = histogram;
  if (minUnits === null || maxUnits === null) return null;
  const count = latencyCount(histogram);
  const rank = Math.ceil(q * count);
  if (rank <= 1) return minUnits / UNITS_PER_MS;
  if (rank >= count) return maxUnits / UNITS_PER_MS;
  let seen = 0;
  for (const [position, bucket] of histogram.buckets.entries()) {
    seen += histogram.counts[position] ?? 0;
    if (seen >= rank) return Math.min(maxUnits, Math.max(minUnits, middleOf(bucket))) / UNITS_PER_MS;
  }
  return maxUnits / UNITS_PER_MS;
}

/** Values of a bucket's middle in milliseconds and their counts, ascending. */
export function latencyEntries(histogram: SparseHistogram): { ms: number; count: number }[] {
  return histogram.buckets.map((bucket, position) => ({
    ms: middleOf(bucket) / UNITS_PER_MS,
    count: histogram.counts[position] ?? 0,
  }));
}

/** The steps below 2 * SUB_BUCKETS are one unit each, and each further power of two has steps of twice the size. */
function bucketOf(units: number): number {
  const shift = Math.max(0, 31 - SUB_BITS - Math.clz32(units));
  return (shift << SUB_BITS) + (units >>> shift);
}

/** Of the whole units that are counted in it. */
function middleOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = (bucket >> SUB_BITS) - 1;
  const width = 2 ** shift;
  return ((bucket & (SUB_BUCKETS - 1)) + SUB_BUCKETS) * width + (width - 1) / 2;
}
