import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RandomSource, randomNormal, seededRandom } from '../../../core/statistics/random.ts';
import { rankWithTies } from '../../../core/statistics/ranks.ts';
import {
  type BeforeAfter,
  compareAtLook,
  compareEndpoints,
  FALSE_ALARM_RATE,
  lookReached,
  LOOKS,
} from './compare.ts';
import { shiftFloorMs } from './compare-signals.ts';
import { effectiveSizes } from '../../../core/statistics/effective-sizes.ts';

interface Shape {
  factor?: number;
  correlation?: number;
  slowShare?: number;
}

/** Log-normal around 20 ms with 2 % spikes, as in `bench deploy-verdict`, which measures the same on a real server. */
function latencies(n: number, random: RandomSource, shape: Shape = {}): number[] {
  const { factor = 1, correlation = 0, slowShare = 0 } = shape;
  let state = randomNormal(random);
  return Array.from({ length: n }, () => {
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * randomNormal(random);
    const spike = random() < 0.02 ? 20 + 60 * random() : 0;
    return (20 * Math.exp(0.3 * state) + spike) * factor * (random() < slowShare ? 4 : 1);
  });
}

function pair(seed: number, after: number, shape: Shape = {}): BeforeAfter {
  const random = seededRandom(seed);
  const { correlation = 0 } = shape;
  return {
    before: latencies(360, random, { correlation }),
    after: latencies(after, random, shape),
    beforeFailed: 0,
    afterFailed: 0,
  };
}

describe('verdict for one endpoint', () => {
  it('says "slower", by how much and how surely', () => {
    const comparison = compareAtLook(pair(1, 60, { factor: 1.5 }), 60);
    expect(comparison).toMatchObject({
      verdict: 'slower',
      nextLook: null,
      reason: null,
      notSlowerByMs: null,
    });
    expect(comparison.shiftInterval!.low).toBeLessThan(10);
    expect(comparison.shiftInterval!.high).toBeGreaterThan(10);
    expect(comparison.pValue).toBeLessThanOrEqual(FALSE_ALARM_RATE);
    expect(comparison.n).toEqual({ before: 360, after: 60 });
  });

  it('says "not slower" within a bound, and before the last look asks for more', () => {
    const early = compareAtLook(pair(2, 60), 60);
    expect(early).toMatchObject({ verdict: 'not-slower', alarms: [], nextLook: 120 });
    const last = compareAtLook(pair(2, 120), 120);
    expect(last).toMatchObject({ verdict: 'not-slower', nextLook: null });
    expect(last.notSlowerByMs).toBe(Math.max(0, last.shiftInterval!.high));
    expect(last.notSlowerByMs).toBeLessThan(5);
  });

  it('says "tail slower" when only every tenth call is', () => {
    const comparison = compareAtLook(pair(3, 120, { slowShare: 0.1 }), 120);
    expect(comparison.verdict).toBe('tail-slower');
    expect(comparison.tail.beforeShare).toBeCloseTo(0.05, 2);
    expect(comparison.tail.afterShare).toBeGreaterThan(0.12);
  });

  it('says "more errors" first, even when nothing succeeds any more', () => {
    const some = { ...pair(4, 52, { factor: 2 }), beforeFailed: 1, afterFailed: 8 };
    expect(compareAtLook(some, 60)).toMatchObject({
      verdict: 'more-errors',
      alarms: ['more-errors', 'slower', 'tail-slower'],
    });
    const all = { ...pair(5, 0), afterFailed: 30 };
    expect(compareAtLook(all, 30)).toMatchObject({ verdict: 'more-errors', shiftMs: null });
  });

  it('says "not enough data" for 20 quiet samples, and for 20 slow ones too', () => {
    for (const factor of [1, 3]) {
      const input = pair(6, 20, { factor });
      const comparison = compareAtLook(input, lookReached(20));
      expect(comparison).toMatchObject({ verdict: 'not-enough-data', nextLook: 30, notSlowerByMs: null });
      expect(comparison.reason).toContain('20 calls after');
    }
  });

  it('says "not enough data" without a baseline worth the name, and when the bound is too wide', () => {
    const short = { ...pair(7, 60), before: pair(7, 0).before.slice(0, 10) };
    expect(compareAtLook(short, 60).reason).toContain('10 successes before');
    const sticky = compareAtLook(pair(8, 60, { correlation: 0.97 }), 60);
    expect(sticky.effectiveN.after).toBeLessThan(8);
    expect(sticky).toMatchObject({ verdict: 'not-enough-data', nextLook: 120 });
  });

  it('keeps quiet about a certain but tiny shift', () => {
    const before = Array.from({ length: 360 }, (_, index) => 20 + (index % 7) / 100);
    const input = {
      before,
      after: before.slice(0, 120).map((value) => value + 1),
      beforeFailed: 0,
      afterFailed: 0,
    };
    const comparison = compareAtLook(input, 120);
    expect(comparison.verdict).toBe('not-slower');
    expect(comparison.notSlowerByMs).toBeCloseTo(1, 1);
    expect([shiftFloorMs(5), shiftFloorMs(20), shiftFloorMs(200)]).toEqual([2, 2, 10]);
  });

  it('never raises an alarm when everything is equal or faster', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 30, maxLength: 80 });
    fc.assert(
      fc.property(sample, fc.integer({ min: 0, max: 5 }), (before, failed) => {
        const after = before.map((value) => value * 0.9);
        const input = { before, after, beforeFailed: failed, afterFailed: failed };
        expect(compareAtLook(input, lookReached(after.length)).alarms).toEqual([]);
      }),
    );
  });
});

describe('rates, on simulated latencies', () => {
  const RUNS = 300;

  /** In how many of 300 sequential comparisons an alarm is raised by the last of the looks. */
  function alarms(firstSeed: number, shape: Shape, last: number): number {
    let count = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const input = pair(firstSeed + run, 120, shape);
      const looks = LOOKS.filter((look) => look <= last);
      const raised = looks.some((look) => {
        const partial = { ...input, after: input.after.slice(0, look) };
        return compareAtLook(partial, look).alarms.length > 0;
      });
      if (raised) count += 1;
    }
    return count;
  }

  // Seeds are fixed, so these are values and not chances.
  it('raises at most 1 % false alarms, 2 % at autocorrelation 0.5', () => {
    expect(alarms(1_000, {}, 120)).toBeLessThanOrEqual(0.01 * RUNS);
    expect(alarms(2_000, { correlation: 0.5 }, 120)).toBeLessThanOrEqual(0.02 * RUNS);
  });

  it('finds +25 % by n = 60, +50 % at autocorrelation 0.5, and a slow tail by n = 120', () => {
    expect(alarms(3_000, { factor: 1.25 }, 60)).toBeGreaterThanOrEqual(0.95 * RUNS);
    expect(alarms(4_000, { factor: 1.5, correlation: 0.5 }, 60)).toBeGreaterThanOrEqual(0.95 * RUNS);
    expect(alarms(5_000, { slowShare: 0.1 }, 120)).toBeGreaterThanOrEqual(0.6 * RUNS);
  });
});

describe('verdicts for many endpoints', () => {
  it('keep their order, find the slow one and correct for the number of them', () => {
    const inputs = Array.from({ length: 40 }, (_, index) =>
      pair(100 + index, 120, index === 17 ? { factor: 1.5 } : {}),
    );
    const comparisons = compareEndpoints(inputs);
    expect(comparisons.map(({ alarms }) => alarms.length > 0).indexOf(true)).toBe(17);
    expect(comparisons.filter(({ alarms }) => alarms.length > 0)).toHaveLength(1);
    for (const [index, { pValue }] of comparisons.entries()) {
      expect(pValue).toBeGreaterThanOrEqual(compareAtLook(inputs[index]!, 120).pValue);
    }
  });

  it('take back an alarm that one endpoint alone would raise but forty cannot', () => {
    const borderline = Array.from({ length: 200 }, (_, seed) =>
      pair(6_000 + seed, 120, { factor: 1.13 }),
    ).find((input) => {
      const { pValue } = compareAtLook(input, 120);
      return pValue > 0.001 && pValue <= FALSE_ALARM_RATE;
    })!;
    const quiet = Array.from({ length: 39 }, (_, index) => pair(200 + index, 120));
    expect(compareEndpoints([borderline])[0]!.alarms).toHaveLength(1);
    const [among] = compareEndpoints([borderline, ...quiet]);
    expect(among).toMatchObject({ verdict: 'not-enough-data', alarms: [] });
    expect(among!.reason).toContain('looks slower');
  });

  it('are each taken at the look their own attempts allow', () => {
    const [first, second] = compareEndpoints([pair(9, 45), pair(10, 10)]);
    expect([first?.nextLook, second?.nextLook]).toEqual([60, 30]);
    expect(second?.verdict).toBe('not-enough-data');
    expect(compareEndpoints([])).toEqual([]);
  });
});

describe('effective sizes', () => {
  it('share one estimate, unless the later sample is clearly more correlated', () => {
    const random = seededRandom(77);
    const ranked = (n: number, shape?: Shape): Float64Array =>
      rankWithTies(latencies(n, random, shape)).ranks;
    const calm = ranked(360);
    const independent = effectiveSizes(calm, ranked(60));
    expect(independent.after).toBeGreaterThan(45);
    expect(independent.before / 360).toBeCloseTo(independent.after / 60, 9);
    const sticky = effectiveSizes(calm, ranked(120, { correlation: 0.9 }));
    expect(sticky.after).toBeLessThan(40);
  });
});
