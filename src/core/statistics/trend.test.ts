import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from './random.ts';
import { mannKendallRise, theilSen } from './trend.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

describe('a rise', () => {
  it('is sure of what rises always, and denies what falls or stands', () => {
    expect(mannKendallRise(upTo(20))).toBeLessThan(1e-6);
    expect(mannKendallRise(upTo(20).map((value) => -value))).toBe(1);
    expect(mannKendallRise(upTo(20).fill(3))).toBe(1);
    expect(mannKendallRise([1, 2, 3])).toBe(1);
  });

  it('alarms as seldom as it says over noise', () => {
    const random = seededRandom(7);
    const alarms = upTo(2_000).filter(() => mannKendallRise(upTo(15).map(() => randomNormal(random))) < 0.01);
    expect(alarms.length).toBeLessThan(40);
  });
});

describe('the slope', () => {
  it('is that of a line, whatever a few wild values say', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (slope, height) => {
        const points = upTo(20).map((x): [number, number] => [x, height + slope * x]);
        points[3] = [3, 100_000];
        points[11] = [11, -100_000];
        expect(theilSen(points, 0.95)?.slope).toBeCloseTo(slope, 9);
      }),
    );
  });

  it('covers the truth as often as it says', () => {
    const random = seededRandom(11);
    const covered = upTo(400).filter(() => {
      const trend = theilSen(
        upTo(20).map((x): [number, number] => [x, 2 * x + 5 * randomNormal(random)]),
        0.95,
      );
      return trend !== null && trend.interval.low <= 2 && trend.interval.high >= 2;
    });
    expect(covered.length / 400).toBeGreaterThan(0.91);
  });

  it('is not known from too few places', () => {
    expect(
      theilSen(
        [
          [1, 1],
          [1, 2],
          [2, 3],
          [3, 4],
        ],
        0.95,
      ),
    ).toBeNull();
  });
});
