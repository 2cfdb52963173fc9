import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negativeBinomialUpperTail, negativeBinomialZero, poissonUpperTail } from './count-tails.ts';
import { falseDiscoveryAdjusted } from './false-discovery.ts';

/** SciPy 1.17.1: stats.poisson.sf(k - 1, mean). */
const POISSON: readonly (readonly [k: number, mean: number, upper: number])[] = [
  [1, 0.001, 0.0009995001666250082],
  [3, 0.01, 1.6542165280748778e-7],
  [10, 1.5, 4.0975009763948456e-6],
  [40, 12, 1.5587113102364781e-10],
  [7, 7, 0.5502889441513008],
  [100, 130, 0.9972495916326934],
  [500, 200, 6.174261434527408e-71],
  [2000, 1500, 6.601488115620536e-35],
];

/** SciPy 1.17.1: stats.nbinom.sf(k - 1, size, size / (size + mean)) and pmf(0). */
const NEGATIVE_BINOMIAL: readonly (readonly [
  k: number,
  mean: number,
  size: number,
  upper: number,
  zero: number,
])[] = [
  [1, 0.01, 0.5, 0.009852457023325711, 0.9901475429766743],
  [10, 0.05, 0.01, 0.0007201224675176168, 0.9822419709752419],
  [10, 2, 3, 0.0028101836800000003, 0.21599999999999994],
  [60, 20, 5, 0.0020563392966268376, 0.0003199999999999999],
  [240, 6, 40, 1.5716254283655739e-167, 0.003733244086613393],
  [5, 12, 2.5, 0.8269735929087393, 0.012343263949723543],
  [900, 300, 8, 5.57817908034424e-5, 2.0716394084321705e-13],
  [30, 1, 1000000, 1.4336640294808554e-33, 0.3678796250927371],
];

describe('tails of counts', () => {
  it.each(POISSON)('Poisson: P(X >= %d | mean %d)', (k, mean, upper) => {
    expect(poissonUpperTail(k, mean) / upper).toBeCloseTo(1, 8);
  });

  it.each(NEGATIVE_BINOMIAL)(
    'negative binomial: P(X >= %d | mean %d, size %d)',
    (k, mean, size, upper, zero) => {
      expect(negativeBinomialUpperTail(k, mean, size) / upper).toBeCloseTo(1, 8);
      expect(negativeBinomialZero(mean, size) / zero).toBeCloseTo(1, 8);
    },
  );

  it('are certain of at least nothing, and never expect what has no mean', () => {
    expect(poissonUpperTail(0, 3)).toBe(1);
    expect(poissonUpperTail(1, 0)).toBe(0);
    expect(negativeBinomialUpperTail(0, 3, 1)).toBe(1);
    expect(negativeBinomialUpperTail(2, 0, 1)).toBe(0);
    expect(negativeBinomialZero(0, 1)).toBe(1);
  });

  it('are Poisson where the size is endless, and fall with the count', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 200, noNaN: true }),
        (k, mean) => {
          const poisson = poissonUpperTail(k, mean);
          expect(negativeBinomialUpperTail(k, mean, Number.POSITIVE_INFINITY)).toBe(poisson);
          expect(poissonUpperTail(k + 1, mean)).toBeLessThanOrEqual(poisson);
          expect(poisson).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('false discoveries', () => {
  const values = [0.001, 0.2, 0.013, 0.04, 0.04, 0.9, 0.0004];

  it('are adjusted as SciPy does (stats.false_discovery_control)', () => {
    const expected = [
      0.0035, 0.23333333333333336, 0.030333333333333334, 0.055999999999999994, 0.055999999999999994, 0.9,
      0.0028,
    ];
    for (const [index, adjusted] of falseDiscoveryAdjusted(values).entries()) {
      expect(adjusted).toBeCloseTo(expected[index]!, 12);
    }
  });

  it('are the same when tests without promise are only counted', () => {
    const all = falseDiscoveryAdjusted([...values, 1, 1, 1]);
    expect(falseDiscoveryAdjusted(values, 10)).toEqual(all.slice(0, values.length));
  });
});
