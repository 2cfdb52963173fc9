export { deserialiseHistogram, serialiseHistogram } from './histogram-codec.ts';

/**
 * A distribution that merges: DDSketch (Masson, Rim & Lee, VLDB 2019) with a relative error of 1 %. Bucket k holds the values
 * in (MIN * gamma^(k-1), MIN * gamma^k], so that the bucket's midpoint is within 1 % of every value in it. Plain data: it goes
 * through JSON and `structuredClone` unharmed. Values are not negative; latencies are in milliseconds.
 */
export interface Histogram {
  count: number;
  sum: number;
  /** null without values. */
  min: number | null;
  max: number | null;
  /** Values below the resolution, 0 among them. */
  zeroCount: number;
  /** Count by bucket key. Keys are integers >= 0, so an object lists them in ascending order by itself. */
  buckets: Record<number, number>;
}

export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Values below it (1 microsecond) count as zero. */
const MIN_VALUE = 0.001;
/** 0.001 ms to 10 min takes 1,012; past this many the lowest are merged, because the high quantiles are the ones that matter. */
export const MAX_BUCKETS = 2_048;

export function emptyHistogram(): Histogram {
  return { count: 0, sum: 0, min: null, max: null, zeroCount: 0, buckets: {} };
}

/** Adds a value in place; `count` is how often it occurred. A value below 0 or not finite is a RangeError. */
export function record(histogram: Histogram, value: number, count = 1): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`Not a histogram value: ${value}`);
  if (!(Number.isSafeInteger(count) && count > 0)) throw new RangeError(`Not a count: ${count}`);
  histogram.count += count;
  histogram.sum += value * count;
  histogram.min = Math.min(histogram.min ?? value, value);
  histogram.max = Math.max(histogram.max ?? value, value);
  if (value < MIN_VALUE) histogram.zeroCount += count;
  else addToBucket(histogram.buckets, bucketKey(value), count);
  if (histogram.max > COLLAPSE_FROM) collapseLowest(histogram.buckets);
}

export function recordAll(histogram: Histogram, values: Iterable<number>): void {
  for (const value of values) record(histogram, value);
}

export function histogramOf(values: Iterable<number>): Histogram {
  const histogram = emptyHistogram();
  recordAll(histogram, values);
  return histogram;
}

/** Both together, as if all values had been recorded in one; commutative and associative (the sum up to rounding). */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const merged = { ...a, buckets: { ...a.buckets } };
  addHistogram(merged, b);
  return merged;
}

/** The same in place, for many in a row. */
export function addHistogram(histogram: Histogram, other: Histogram): void {
  if (other.min === null || other.max === null) return;
  histogram.count += other.count;
  histogram.sum += other.sum;
  histogram.min = Math.min(histogram.min ?? other.min, other.min);
  histogram.max = Math.max(histogram.max ?? other.max, other.max);
  histogram.zeroCount += other.zeroCount;
  for (const key of Object.keys(other.buckets)) {
    addToBucket(histogram.buckets, Number(key), other.buckets[Number(key)] ?? 0);
  }
  if (histogram.max > COLLAPSE_FROM) collapseLowest(histogram.buckets);
}

/** Within 1 % of the value at rank floor(q (n - 1)), exact at both ends; null without values. */
export function quantile(histogram: Histogram, q: number): number | null {
  const { count, min, max, zeroCount } = histogram;
  if (min === null || max === null) return null;
  const rank = Math.floor(q * (count - 1));
  if (rank <= 0) return min;
  if (rank >= count - 1) return max;
  let seen = zeroCount;
  if (seen > rank) return min;
  for (const [key, inBucket] of bucketEntries(histogram)) {
    seen += inBucket;
    if (seen > rank) return Math.min(max, Math.max(min, bucketMidpoint(key)));
  }
  return max;
}

/** How many values exceed the limit; a value within 1 % of the limit may be counted on either side. */
export function countAbove(histogram: Histogram, limit: number): number {
  const { count, min, max, zeroCount } = histogram;
  if (min === null || max === null || limit >= max) return 0;
  if (limit < min) return count;
  let above = 0;
  for (const [key, inBucket] of bucketEntries(histogram)) if (bucketMidpoint(key) > limit) above += inBucket;
  return limit < 0 ? above + zeroCount : above;
}

/** For a chart: at most `maxBins` adjoining bins, equally wide on a logarithmic scale; zeros are in the first. */
export function toBins(histogram: Histogram, maxBins: number): { upTo: number; count: number }[] {
  const { max, zeroCount } = histogram;
  if (max === null) return [];
  const entries = [...bucketEntries(histogram)];
  const firstKey = entries[0]?.[0] ?? 0;
  const keySpan = (entries.at(-1)?.[0] ?? 0) - firstKey + 1;
  const keysPerBin = Math.ceil(keySpan / maxBins);
  const bins = Array.from({ length: Math.ceil(keySpan / keysPerBin) }, (_, index) => ({
    upTo: Math.min(max, bucketUpperBound(firstKey + (index + 1) * keysPerBin - 1)),
    count: index === 0 ? zeroCount : 0,
  }));
  for (const [key, count] of entries) bins[Math.floor((key - firstKey) / keysPerBin)]!.count += count;
  return bins;
}

/** Cumulative counts at the given upper bounds; the `+Inf` bucket is the histogram's count. */
export function toPrometheusBuckets(
  histogram: Histogram,
  bounds: readonly number[],
): { le: number; count: number }[] {
  return bounds.map((le) => ({ le, count: histogram.count - countAbove(histogram, le) }));
}

/** Bucket keys and counts, ascending. */
function* bucketEntries(histogram: Histogram): Generator<[key: number, count: number]> {
  for (const key of Object.keys(histogram.buckets)) yield [Number(key), histogram.buckets[Number(key)] ?? 0];
}

function bucketKey(value: number): number {
  return Math.max(0, Math.ceil(Math.log(value / MIN_VALUE) / LOG_GAMMA));
}

function bucketUpperBound(key: number): number {
  return MIN_VALUE * GAMMA ** key;
}

/** The value whose relative distance to both ends of the bucket is the same. */
function bucketMidpoint(key: number): number {
  return (2 * bucketUpperBound(key)) / (GAMMA + 1);
}

/** Only a larger value can bring the number of buckets past the limit, so the costly look is rare. */
const COLLAPSE_FROM = bucketUpperBound(MAX_BUCKETS - 1);

function addToBucket(buckets: Record<number, number>, key: number, count: number): void {
  buckets[key] = (buckets[key] ?? 0) + count;
}

/** Keeps the MAX_BUCKETS highest buckets and moves what was below into the lowest of them. */
function collapseLowest(buckets: Record<number, number>): void {
  const keys = Object.keys(buckets);
  const surplus = keys.length - MAX_BUCKETS;
  if (surplus <= 0) return;
  const lowestKept = Number(keys[surplus]);
  for (const key of keys.slice(0, surplus)) {
    addToBucket(buckets, lowestKept, buckets[Number(key)] ?? 0);
    delete buckets[Number(key)];
  }
}
