import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/statistics/random.ts';
import { findSlowdown, needsAnotherLook } from './own-past.ts';

/** Log-normal latencies around a median, as networks have them. */
function latencies(count: number, medianMs: number, random: () => number): number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return medianMs * Math.exp(0.3 * normal);
  });
}

describe('findSlowdown', () => {
  it('finds a median that doubled', () => {
    const random = seededRandom(1);
    expect(findSlowdown(latencies(500, 90, random), latencies(10, 220, random))).toMatchObject({
      pValue: expect.closeTo(0, 2),
    });
  });

  it('says nothing about a shift below 30 % or 20 ms, however sure', () => {
    const random = seededRandom(2);
    expect(findSlowdown(latencies(500, 90, random), latencies(200, 105, random))).toBeNull();
    expect(findSlowdown(latencies(500, 5, random), latencies(200, 20, random))).toBeNull();
  });

  it('needs 20 of before and 10 of now', () => {
    const slow = Array.from({ length: 10 }, () => 900);
    const before = (count: number) => Array.from({ length: count }, (_, index) => 100 + ((index * 7) % 20));
    expect(findSlowdown(before(19), slow)).toBeNull();
    expect(findSlowdown(before(20), slow.slice(1))).toBeNull();
    expect(findSlowdown(before(20), slow)).not.toBeNull();
  });

  it('raises at most one false alarm in a thousand looks', () => {
    const random = seededRandom(3);
    const alarms = Array.from({ length: 2_000 }, () =>
      findSlowdown(latencies(60, 100, random), latencies(10, 100, random)),
    ).filter((slowdown) => slowdown !== null);
    expect(alarms.length).toBeLessThanOrEqual(2);
  });
});

describe('needsAnotherLook', () => {
  const before = Array.from({ length: 30 }, (_, index) => 100 + ((index * 7) % 20));
  /** Two stretches: ten values that are worth two or three. */
  const inStretches = [...Array.from({ length: 5 }, () => 300), ...Array.from({ length: 5 }, () => 900)];

  it('asks for more where the shift matters and the ten answers are worth too few', () => {
    expect(findSlowdown(before, inStretches)).toBeNull();
    expect(needsAnotherLook(before, inStretches)).toBe(true);
  });

  it('asks for nothing once it is certain, where nothing shifted, and without a past', () => {
    const slow = Array.from({ length: 10 }, (_, index) => 600 + ((index * 37) % 50));
    expect(needsAnotherLook(before, slow)).toBe(false);
    expect(needsAnotherLook(before, before.slice(0, 10))).toBe(false);
    expect(needsAnotherLook(before.slice(0, 10), inStretches)).toBe(false);
  });
});
