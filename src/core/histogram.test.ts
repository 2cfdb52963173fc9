import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countAbove,
  deserialiseHistogram,
  emptyHistogram,
  type Histogram,
  histogramOf,
  MAX_BUCKETS,
  mergeHistograms,
  quantile,
  record,
  RELATIVE_ERROR,
  serialiseHistogram,
  toBins,
  toPrometheusBuckets,
} from './histogram.ts';

/** Whole milliseconds, zeros included, so that sums are exact and whole histograms can be compared. */
const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.constant(0)), { maxLength: 200 });
const fractions = fc.array(fc.double({ min: 0.001, max: 600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

/** So wide that the lowest buckets are merged. */
function wideHistogram(from: number): Histogram {
  const histogram = emptyHistogram();
  for (let exponent = from; exponent < 60; exponent += 0.018) record(histogram, Math.exp(exponent) * 0.001);
  return { ...histogram, sum: 0 };
}

describe('merging', () => {
  it('is commutative, and the same as recording everything in one', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = mergeHistograms(histogramOf(a), histogramOf(b));
        expect(merged).toEqual(histogramOf([...a, ...b]));
        expect(merged).toEqual(mergeHistograms(histogramOf(b), histogramOf(a)));
      }),
    );
  });

  it('is associative, and an empty histogram changes nothing', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [histogramOf(a), histogramOf(b), histogramOf(c)];
        expect(mergeHistograms(mergeHistograms(x, y), z)).toEqual(mergeHistograms(x, mergeHistograms(y, z)));
        expect(mergeHistograms(x, emptyHistogram())).toEqual(x);
      }),
    );
  });

  it('stays so when the lowest buckets are merged', () => {
    const [a, b, c] = [wideHistogram(0), wideHistogram(10), wideHistogram(5)];
    expect(Object.keys(a.buckets)).toHaveLength(MAX_BUCKETS);
    const left = mergeHistograms(mergeHistograms(a, b), c);
    expect(left).toEqual(mergeHistograms(a, mergeHistograms(b, c)));
    expect(Object.keys(left.buckets)).toHaveLength(MAX_BUCKETS);
    expect(Object.values(left.buckets).reduce((sum, count) => sum + count, 0)).toBe(left.count);
  });

  it('leaves its arguments alone', () => {
    const a = histogramOf([1, 2]);
    mergeHistograms(a, histogramOf([1, 5]));
    expect(a).toEqual(histogramOf([1, 2]));
  });
});

describe('quantile', () => {
  it('is within 1 % of the value at its rank', () => {
    fc.assert(
      fc.property(fractions, fc.double({ min: 0, max: 1, noNaN: true }), (sample, q) => {
        const exact = sample.toSorted((a, b) => a - b)[Math.floor(q * (sample.length - 1))] as number;
        const estimate = quantile(histogramOf(sample), q) ?? Number.NaN;
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9));
      }),
    );
  });

  it('is exact at both ends, for zeros, and null without values', () => {
    const histogram = histogramOf([0, 0, 0, 17.3, 912.6]);
    expect([0, 0.5, 1].map((q) => quantile(histogram, q))).toEqual([0, 0, 912.6]);
    expect(quantile(emptyHistogram(), 0.5)).toBeNull();
  });

  it('keeps the tail that averaging hourly percentiles loses', () => {
    const calm = histogramOf(Array.from({ length: 1_000 }, () => 20));
    const rough = histogramOf(Array.from({ length: 1_000 }, (_, index) => (index < 900 ? 20 : 800)));
    const merged = quantile(mergeHistograms(calm, rough), 0.96) ?? 0;
    const averaged = ((quantile(calm, 0.96) ?? 0) + (quantile(rough, 0.96) ?? 0)) / 2;
    expect(merged).toBeGreaterThan(790);
    expect(averaged).toBeLessThan(420);
  });
});

describe('recording', () => {
  it('keeps count, sum, minimum and maximum exactly', () => {
    const histogram = histogramOf([0.25, 3, 8.5]);
    record(histogram, 100, 4);
    expect(histogram).toMatchObject({ count: 7, sum: 411.75, min: 0.25, max: 100 });
    expect(emptyHistogram()).toMatchObject({ count: 0, min: null, max: null });
  });

  it('needs 1,012 buckets for a microsecond to ten minutes', () => {
    const histogram = emptyHistogram();
    for (let value = 0.001; value <= 600_000; value *= 1.005) record(histogram, value);
    expect(Object.keys(histogram.buckets).length).toBeLessThanOrEqual(1_012);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => record(emptyHistogram(), value)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5])('refuses a count of %d', (count) => {
    expect(() => record(emptyHistogram(), 1, count)).toThrow(RangeError);
  });
});

describe('views', () => {
  it('counts above a limit, exactly when no value is near it', () => {
    const histogram = histogramOf([0, 10, 50, 150, 300]);
    expect([-1, 0, 20, 200, 300].map((limit) => countAbove(histogram, limit))).toEqual([5, 4, 3, 1, 0]);
  });

  it('writes cumulative Prometheus buckets', () => {
    expect(toPrometheusBuckets(histogramOf([1, 10, 40, 900]), [5, 50, 500])).toEqual([
      { le: 5, count: 1 },
      { le: 50, count: 3 },
      { le: 500, count: 3 },
    ]);
  });

  it('bins everything once, in rising order, up to the maximum', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 30 }), (sample, maxBins) => {
        const histogram = histogramOf(sample);
        const bins = toBins(histogram, maxBins);
        expect(bins.length).toBeLessThanOrEqual(maxBins);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(sample.length);
        expect(bins.map(({ upTo }) => upTo)).toEqual(bins.map(({ upTo }) => upTo).toSorted((a, b) => a - b));
        expect(bins.at(-1)?.upTo ?? null).toBe(histogram.max);
      }),
    );
  });
});

describe('bytes', () => {
  it('bring back the same histogram, as JSON does', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const histogram = histogramOf(sample);
        expect(deserialiseHistogram(serialiseHistogram(histogram))).toEqual(histogram);
        expect(JSON.parse(JSON.stringify(histogram))).toEqual(histogram);
      }),
    );
  });

  it('are few', () => {
    const hour = histogramOf(Array.from({ length: 180 }, (_, index) => 20 + (index % 40)));
    record(hour, 20, 2 ** 40);
    expect(serialiseHistogram(hour).length).toBeLessThan(200);
    expect(deserialiseHistogram(serialiseHistogram(hour))).toEqual(hour);
  });

  it('are refused when cut short, lengthened or of another version', () => {
    const bytes = serialiseHistogram(histogramOf([0, 1, 5, 900]));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => deserialiseHistogram(bytes.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => deserialiseHistogram(Uint8Array.from([...bytes, 0]))).toThrow(/left over/);
    expect(() => deserialiseHistogram(Uint8Array.from([2, ...bytes.subarray(1)]))).toThrow(/version 2/);
  });

  it('never crash otherwise, whatever they are', () => {
    const header = serialiseHistogram(histogramOf([1])).subarray(0, 25);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (tail) => {
        let outcome: unknown;
        try {
          outcome = deserialiseHistogram(Uint8Array.from([...header, ...tail])).count;
        } catch (thrown) {
          outcome = thrown;
        }
        expect(typeof outcome === 'number' || outcome instanceof RangeError).toBe(true);
      }),
    );
  });
});
