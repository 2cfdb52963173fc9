import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSparse,
  BUCKETS,
  clearLatencies,
  createLatencyHistogram,
  EMPTY_SPARSE,
  latencyCount,
  latencyEntries,
  latencyMean,
  latencyQuantile,
  mergeSparse,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from './latency-histogram.ts';

/** As many small as large ones: from 4 microseconds to 268 s, evenly in the logarithm. */
const latency = fc
  .double({ min: Math.log(0.004), max: Math.log(268_000), noNaN: true })
  .map((logarithm) => Math.exp(logarithm));
const latencies = fc.array(latency, { maxLength: 300 });

function sparseOf(values: readonly number[]): SparseHistogram {
  const histogram = createLatencyHistogram();
  for (const value of values) recordLatency(histogram, value);
  return toSparse(histogram);
}

describe('merging', () => {
  it('gives the same from any split, in any order, bit for bit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(latency, fc.nat(6)), { maxLength: 300 }), (values) => {
        const parts = Array.from({ length: 7 }, (_, part) =>
          sparseOf(values.filter(([, of]) => of === part).map(([value]) => value)),
        );
        const whole = sparseOf(values.map(([value]) => value));
        expect(mergeSparse(parts)).toEqual(whole);
        expect(mergeSparse(parts.toReversed())).toEqual(whole);
        expect(mergeSparse([mergeSparse(parts.slice(0, 3)), EMPTY_SPARSE, ...parts.slice(3)])).toEqual(whole);
      }),
    );
  });

  it('goes on in a histogram that has values, and through JSON', () => {
    fc.assert(
      fc.property(latencies, latencies, (first, second) => {
        const histogram = createLatencyHistogram();
        for (const value of first) recordLatency(histogram, value);
        addSparse(histogram, JSON.parse(JSON.stringify(sparseOf(second))) as SparseHistogram);
        expect(toSparse(histogram)).toEqual(sparseOf([...first, ...second]));
        clearLatencies(histogram);
        expect(toSparse(histogram)).toEqual(EMPTY_SPARSE);
      }),
    );
  });
});

describe('percentiles', () => {
  it('are within 0.8 % of the sorted truth from 4 microseconds to 268 s', () => {
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const truth = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)]!;
          const found = latencyQuantile(sparseOf(values), q)!;
          expect(Math.abs(found - truth) / truth).toBeLessThanOrEqual(0.008);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('have exact ends, and a mean that is exact to a sixteenth of a microsecond', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (values) => {
        const sparse = sparseOf(values);
        const unitMs = 1 / 16_000;
        expect(Math.abs(latencyQuantile(sparse, 0)! - Math.min(...values))).toBeLessThanOrEqual(unitMs);
        expect(Math.abs(latencyQuantile(sparse, 1)! - Math.max(...values))).toBeLessThanOrEqual(unitMs);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(Math.abs(latencyMean(sparse)! - mean)).toBeLessThanOrEqual(unitMs);
      }),
    );
  });

  it('are null where nothing was measured', () => {
    expect([
      latencyQuantile(EMPTY_SPARSE, 0.5),
      latencyMean(EMPTY_SPARSE),
      latencyCount(EMPTY_SPARSE),
    ]).toEqual([null, null, 0]);
  });
});

describe('buckets', () => {
  it('hold every value in ascending order, and no more than there are', () => {
    fc.assert(
      fc.property(latency, latency, (a, b) => {
        const [first, second] = [sparseOf([a]), sparseOf([b])];
        expect(Math.sign(first.buckets[0]! - second.buckets[0]!) * Math.sign(a - b)).toBeGreaterThanOrEqual(
          0,
        );
        expect(first.buckets[0]!).toBeLessThan(BUCKETS);
      }),
    );
  });

  it('count what is out of range at its end', () => {
    const sparse = sparseOf([-1, Number.NaN, 0, 268_435.5, 1e9, Infinity]);
    expect(latencyEntries(sparse).map(({ count }) => count)).toEqual([3, 3]);
    expect(sparse.buckets).toEqual([0, BUCKETS - 1]);
    expect(sparse.maxUnits).toBe(2 ** 32 - 1);
  });
});
