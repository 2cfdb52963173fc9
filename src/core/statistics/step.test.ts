import { describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from './random.ts';
import { findRise } from './step.ts';

const noise = (seed: number, count: number, centre: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => centre * (1 + 0.1 * randomNormal(random)));
};

describe('findRise', () => {
  it('finds the place of a step', () => {
    const step = findRise([...noise(1, 30, 6), ...noise(2, 10, 20)]);
    expect(step?.at).toBe(30);
    expect(step?.pValue).toBeLessThan(0.001);
  });

  it('finds one three values before the end', () => {
    const step = findRise([...noise(3, 45, 6), ...noise(4, 3, 20)]);
    expect(step?.at).toBe(45);
    expect(step?.pValue).toBeLessThan(0.005);
  });

  it('sees no rise in a fall, in equal values, and in too few', () => {
    expect(findRise([...noise(5, 20, 20), ...noise(6, 20, 6)])?.pValue ?? 1).toBeGreaterThan(0.1);
    expect(findRise(Array.from({ length: 20 }, () => 4))).toBeNull();
    expect(findRise([1, 2, 3, 4, 5])).toBeNull();
  });

  it('is not led astray by single outliers', () => {
    const values = noise(7, 40, 6);
    values[12] = 90;
    values[31] = 120;
    expect(findRise(values.map(Math.log))?.pValue ?? 1).toBeGreaterThan(0.05);
  });

  it('takes noise for a step as often as it says', () => {
    let alarms = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const step = findRise(noise(seed + 100, 24, 5), { shuffles: 199 });
      if ((step?.pValue ?? 1) <= 0.05) alarms += 1;
    }
    // 20 expected; 5 standard deviations of the binomial above it.
    expect(alarms).toBeLessThan(42);
    expect(alarms).toBeGreaterThan(4);
  });
});
