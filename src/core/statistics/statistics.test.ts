import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autocorrelations, effectiveSampleSize } from './autocorrelation.ts';
import {
  binomialCdf,
  binomialPmf,
  binomialUpperTail,
  clopperPearsonInterval,
  wilsonInterval,
} from './binomial.ts';
import { fisherRise } from './fisher.ts';
import { holmAdjusted } from './holm.ts';
import { normalCdf, normalQuantile, normalUpperTail } from './normal.ts';
import {
  quantileInterval,
  quantileUpperBound,
  sampleQuantile,
  samplesNeededForQuantile,
} from './quantile.ts';
import { randomInteger, randomNormal, seededRandom } from './random.ts';
import { hodgesLehmannShift, rankTestRise } from './rank-test.ts';
import { rankWithTies } from './ranks.ts';
import { incompleteBeta, logGamma } from './special-functions.ts';
import { mean, median, medianAbsoluteDeviation } from './summary.ts';

/**
 * Expected values come from SciPy (its version is in the file), NumPy generator seed 20260101: norm.cdf/sf/ppf,
 * special.gammaln/betainc, binom.pmf/cdf/sf, binomtest().proportion_ci('exact' and 'wilson'), quantile_test(),
 * mannwhitneyu(after, before, alternative='greater', method='asymptotic'), fisher_exact(alternative='greater'), rankdata,
 * median_abs_deviation. What SciPy has no function for is its definition in NumPy: Hodges-Lehmann from the sorted matrix of
 * all differences, autocorrelation by the sum of products, Holm by maximum.accumulate.
 */
interface Fixtures {
  normal: { z: number; cdf: number; upper: number }[];
  normalQuantile: { p: number; z: number }[];
  logGamma: { x: number; value: number }[];
  incompleteBeta: { x: number; a: number; b: number; value: number }[];
  binomial: { k: number; n: number; p: number; pmf: number; cdf: number; upper: number }[];
  proportion: {
    k: number;
    n: number;
    confidence: number;
    exact: [number, number];
    wilson: [number, number];
  }[];
  quantile: {
    values: number[];
    q: number;
    confidence: number;
    type7: number;
    low: number | null;
    high: number | null;
    upper: number | null;
  }[];
  rankTest: {
    before: number[];
    after: number[];
    u: number;
    p: number;
    shift: number;
    low: number;
    high: number;
  }[];
  fisher: { table: [number, number, number, number]; p: number }[];
  autocorrelation: { values: number[]; lags: number[] }[];
  holm: { p: number[]; adjusted: number[] }[];
  summary: { values: number[]; mean: number; median: number; mad: number };
  ranks: { values: number[]; ranks: number[] };
}

const scipy = JSON.parse(readFileSync(new URL('./fixtures/scipy.json', import.meta.url), 'utf8')) as Fixtures;

/** Relative to the expected value, so that tiny probabilities count as much as large ones; absolute where 0 is expected. */
function errorOf(actual: number | null | undefined, expected: number): number {
  return Math.abs((actual ?? Number.NaN) - expected) / (Math.abs(expected) || 1);
}

describe('agreement with SciPy', () => {
  it.each(scipy.normal)('normal distribution at $z', ({ z, cdf, upper }) => {
    expect(errorOf(normalCdf(z), cdf)).toBeLessThan(1e-9);
    expect(errorOf(normalUpperTail(z), upper)).toBeLessThan(1e-9);
  });

  it.each(scipy.normalQuantile)('normal quantile of $p', ({ p, z }) => {
    expect(errorOf(normalQuantile(p), z)).toBeLessThan(1e-9);
  });

  it.each(scipy.logGamma)('log gamma of $x', ({ x, value }) => {
    expect(errorOf(logGamma(x), value)).toBeLessThan(1e-9);
  });

  it.each(scipy.incompleteBeta)('incomplete beta I_$x($a, $b)', ({ x, a, b, value }) => {
    expect(errorOf(incompleteBeta(x, a, b), value)).toBeLessThan(1e-9);
  });

  it.each(scipy.binomial)('binomial $k of $n at $p', ({ k, n, p, pmf, cdf, upper }) => {
    expect(errorOf(binomialPmf(k, n, p), pmf)).toBeLessThan(1e-9);
    expect(errorOf(binomialCdf(k, n, p), cdf)).toBeLessThan(1e-9);
    expect(errorOf(binomialUpperTail(k, n, p), upper)).toBeLessThan(1e-9);
  });

  it.each(scipy.proportion)('intervals of $k in $n at $confidence', ({ k, n, confidence, exact, wilson }) => {
    const clopperPearson = clopperPearsonInterval(k, n, confidence);
    expect(errorOf(clopperPearson?.low, exact[0])).toBeLessThan(1e-9);
    expect(errorOf(clopperPearson?.high, exact[1])).toBeLessThan(1e-9);
    const score = wilsonInterval(k, n, confidence);
    expect(errorOf(score?.low, wilson[0])).toBeLessThan(1e-9);
    expect(errorOf(score?.high, wilson[1])).toBeLessThan(1e-9);
  });

  it.each(scipy.quantile)('$q quantile and its interval', (fixture) => {
    const { values, q, confidence, type7, low, high, upper } = fixture;
    expect(errorOf(sampleQuantile(values, q), type7)).toBeLessThan(1e-9);
    expect(quantileInterval(values, q, confidence)).toEqual(
      low === null || high === null ? null : { low, high },
    );
    expect(quantileUpperBound(values, q, confidence)).toBe(upper);
  });

  it.each(scipy.rankTest)(
    'rank test with U = $u, shift $shift',
    ({ before, after, u, p, shift, low, high }) => {
      const test = rankTestRise(before, after);
      expect(test?.u).toBe(u);
      expect(errorOf(test?.pValue, p)).toBeLessThan(1e-9);
      const estimate = hodgesLehmannShift(before, after, 0.95);
      expect(estimate?.estimate).toBeCloseTo(shift, 9);
      expect(estimate?.interval?.low).toBeCloseTo(low, 9);
      expect(estimate?.interval?.high).toBeCloseTo(high, 9);
    },
  );

  it.each(scipy.fisher)('Fisher exact of $table', ({ table, p }) => {
    const [beforeHits, beforeTotal, afterHits, afterTotal] = table;
    expect(errorOf(fisherRise({ beforeHits, beforeTotal, afterHits, afterTotal }), p)).toBeLessThan(1e-9);
  });

  it.each(scipy.autocorrelation)('autocorrelation at 8 lags', ({ values, lags }) => {
    const actual = autocorrelations(values, lags.length);
    for (const [index, expected] of lags.entries())
      expect(errorOf(actual[index], expected)).toBeLessThan(1e-9);
  });

  it.each(scipy.holm)('Holm adjustment of $p', ({ p, adjusted }) => {
    const actual = holmAdjusted(p);
    for (const [index, expected] of adjusted.entries())
      expect(errorOf(actual[index], expected)).toBeLessThan(1e-9);
  });

  it('summary and ranks', () => {
    expect(errorOf(mean(scipy.summary.values), scipy.summary.mean)).toBeLessThan(1e-9);
    expect(errorOf(median(scipy.summary.values), scipy.summary.median)).toBeLessThan(1e-9);
    expect(errorOf(medianAbsoluteDeviation(scipy.summary.values), scipy.summary.mad)).toBeLessThan(1e-9);
    expect([...rankWithTies(scipy.ranks.values).ranks]).toEqual(scipy.ranks.ranks);
  });
});

describe('claims about quantiles', () => {
  it('needs 59 values for p95 and 299 for p99 at 95 % confidence', () => {
    expect(samplesNeededForQuantile(0.95, 0.95)).toBe(59);
    expect(samplesNeededForQuantile(0.99, 0.95)).toBe(299);
    expect(samplesNeededForQuantile(0.999, 0.95)).toBe(2_995);
  });

  it('bounds a quantile from exactly that many values on', () => {
    const values = Array.from({ length: 59 }, (_, index) => index);
    expect(quantileUpperBound(values, 0.95, 0.95)).toBe(58);
    expect(quantileUpperBound(values.slice(1), 0.95, 0.95)).toBeNull();
  });

  it('says nothing without values', () => {
    expect([sampleQuantile([], 0.5), quantileInterval([], 0.5, 0.95), mean([]), median([])]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([wilsonInterval(0, 0, 0.95), clopperPearsonInterval(0, 0, 0.95), rankTestRise([], [1])]).toEqual([
      null,
      null,
      null,
    ]);
    expect(medianAbsoluteDeviation([])).toBeNull();
  });
});

describe('rank test', () => {
  it('finds nothing in equal values and is more careful with fewer effective values', () => {
    expect(rankTestRise([5, 5, 5], [5, 5, 5])?.pValue).toBe(1);
    const before = Array.from({ length: 60 }, (_, index) => index);
    const after = before.map((value) => value + 15);
    const full = rankTestRise(before, after)?.pValue ?? 1;
    expect(full).toBeLessThan(rankTestRise(before, after, { before: 20, after: 20 })?.pValue ?? 0);
  });

  it('finds the median difference of any two samples, ties included', () => {
    const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(sample, sample, (before, after) => {
        const differences = after.flatMap((late) => before.map((early) => late - early));
        expect(hodgesLehmannShift(before, after, 0.95)?.estimate).toBe(sampleQuantile(differences, 0.5));
      }),
    );
  });
});

describe('effective sample size', () => {
  function autoregressive(n: number, correlation: number, seed: number): number[] {
    const random = seededRandom(seed);
    let state = randomNormal(random);
    return Array.from({ length: n }, () => {
      state = correlation * state + Math.sqrt(1 - correlation ** 2) * randomNormal(random);
      return state;
    });
  }

  it('is near n for independent values and near n / 3 at correlation 0.5', () => {
    const independent = effectiveSampleSize(autoregressive(20_000, 0, 1)) / 20_000;
    const correlated = effectiveSampleSize(autoregressive(20_000, 0.5, 2)) / 20_000;
    expect(independent).toBeGreaterThan(0.85);
    expect(correlated).toBeGreaterThan(0.28);
    expect(correlated).toBeLessThan(0.38);
  });

  it('never exceeds n, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }), (values) => {
        const effective = effectiveSampleSize(values);
        expect(effective).toBeGreaterThan(0);
        expect(effective).toBeLessThanOrEqual(values.length);
      }),
    );
  });
});

describe('seeded random numbers', () => {
  it('repeat with the seed, differ between seeds and spread evenly', () => {
    const draw = (seed: number): number[] => Array.from({ length: 20_000 }, seededRandom(seed));
    const values = draw(7);
    expect(draw(7)).toEqual(values);
    expect(draw(8).slice(0, 5)).not.toEqual(values.slice(0, 5));
    expect(mean(values)).toBeCloseTo(0.5, 2);
    const counts = [0, 0, 0, 0, 0];
    const random = seededRandom(9);
    for (let draws = 0; draws < 10_000; draws += 1) counts[randomInteger(random, 5)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(1_800);
  });

  it('draws normal numbers', () => {
    const random = seededRandom(11);
    const values = Array.from({ length: 20_000 }, () => randomNormal(random));
    expect(Math.abs(mean(values) ?? 1)).toBeLessThan(0.03);
    expect(medianAbsoluteDeviation(values)).toBeCloseTo(0.6745, 1);
  });
});
