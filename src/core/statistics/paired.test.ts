import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectableDifference, pairsNeeded } from './detectable.ts';
import { randomNormal, seededRandom } from './random.ts';
import { logRatios, signFlipInterval, signFlipLower, signFlipTwoSided, signFlipUpper } from './sign-flip.ts';
import { studentCdf, studentQuantile } from './student.ts';

const differences = (maxLength: number) =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength });

/** Darwin's maize, crossed against self-fertilised, in eighths of an inch: the data Fisher tested in 1935. */
const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe('sign-flip test', () => {
  it('gives the exact probability of the most extreme pattern', () => {
    expect(signFlipLower([-1, -2, -3, -4, -5])).toBe(1 / 32);
    expect(signFlipUpper([-1, -2, -3, -4, -5])).toBe(1);
    expect(signFlipTwoSided([1, 2, 3, 4, 5])).toBe(1 / 16);
    expect(signFlipLower([])).toBe(1);
  });

  it("counts Fisher's 863 patterns of 32,768 in Darwin's data", () => {
    expect(signFlipUpper(DARWIN) * 32_768).toBe(863);
  });

  it('is a probability whose two sides share the pattern that was seen', () => {
    fc.assert(
      fc.property(differences(9), (values) => {
        const lower = signFlipLower(values);
        return lower > 0 && lower <= 1 && lower + signFlipUpper(values) >= 1 - 1e-9;
      }),
    );
  });

  it('tests a shift as it tests differences that are that much smaller', () => {
    fc.assert(
      fc.property(differences(9), fc.integer({ min: -3, max: 3 }), (values, shift) => {
        const moved = values.map((value) => Math.round(value * 100) / 100);
        expect(signFlipUpper(moved, shift)).toBeCloseTo(
          signFlipUpper(moved.map((value) => value - shift)),
          9,
        );
      }),
    );
  });

  it('draws patterns above 16 pairs, the same ones each time, and comes close to the normal tail', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 40 }, () => randomNormal(random) + 0.35);
    const p = signFlipUpper(values);
    expect(signFlipUpper(values)).toBe(p);
    const sum = values.reduce((total, value) => total + value, 0);
    const spread = Math.sqrt(values.reduce((total, value) => total + value * value, 0));
    // Sums of random signs times the values have mean 0 and this spread.
    const z = sum / spread;
    expect(p).toBeGreaterThan(0.5 * (1 - studentCdf(z, 1e6)));
    expect(p).toBeLessThan(2 * (1 - studentCdf(z, 1e6)));
  });
});

describe('interval of the mean difference', () => {
  it('holds what the test does not refuse, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 7, maxLength: 11 }), (values) => {
        const { low, high } = signFlipInterval(values, 0.9);
        expect(signFlipUpper(values, low + 1e-6)).toBeGreaterThan(0.05);
        expect(signFlipUpper(values, low - 1e-6)).toBeLessThanOrEqual(0.05);
        expect(signFlipLower(values, high - 1e-6)).toBeGreaterThan(0.05);
        expect(signFlipLower(values, high + 1e-6)).toBeLessThanOrEqual(0.05);
      }),
    );
  });

  it('has no ends where so few pairs refuse nothing', () => {
    expect(signFlipInterval([1, 2, 3, 4, 5], 0.95)).toEqual({ low: -Infinity, high: Infinity });
    expect(signFlipInterval([1, 2, 3, 4, 5, 6], 0.95)).toEqual({ low: 1, high: 6 });
  });

  it.each([
    [8, 400],
    [12, 400],
    [24, 150],
  ])(
    'covers the truth as often as it says, with %i pairs of noise with outliers',
    (pairs, trials) => {
      const random = seededRandom(pairs);
      let covered = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        // Symmetric but with far outliers: one in ten has eight times the spread.
        const values = Array.from(
          { length: pairs },
          () => 0.3 + randomNormal(random) * (random() < 0.1 ? 8 : 1),
        );
        const { low, high } = signFlipInterval(values, 0.95);
        if (low <= 0.3 && high >= 0.3) covered += 1;
      }
      expect(covered).toBeGreaterThanOrEqual(trials * 0.92);
    },
    60_000,
  );
});

describe('smallest detectable difference', () => {
  it('agrees with tables of Student', () => {
    expect(studentQuantile(0.975, 9)).toBeCloseTo(2.262157, 6);
    expect(studentQuantile(0.95, 1)).toBeCloseTo(6.313752, 6);
    expect(studentQuantile(0.1, 30)).toBeCloseTo(-1.310415, 6);
    expect(studentCdf(2.085963, 20)).toBeCloseTo(0.975, 6);
    expect(studentCdf(0, 3)).toBeCloseTo(0.5, 12);
  });

  it('is found about as often as it says', () => {
    const goal = { alpha: 0.025, power: 0.8 };
    const random = seededRandom(11);
    // Spread 1 and 12 pairs; the difference follows from a sample of exactly that spread.
    const size = detectableDifference(scaledTo(1, 12), goal) ?? 0;
    let found = 0;
    for (let trial = 0; trial < 500; trial += 1) {
      const values = Array.from({ length: 12 }, () => size + randomNormal(random));
      if (signFlipUpper(values) <= goal.alpha) found += 1;
    }
    expect(found / 500).toBeGreaterThan(0.74);
    expect(found / 500).toBeLessThan(0.9);
  }, 60_000);

  it('does not exist with pairs so few that the test refuses nothing', () => {
    expect(detectableDifference([1, 2, 3, 4, 5], { alpha: 0.025, power: 0.8 })).toBeNull();
  });

  it('needs as many pairs as detect it, and no more than are worth asking for', () => {
    const goal = { alpha: 0.025, power: 0.8 };
    const pairs = pairsNeeded(1, 0.7, goal) ?? 0;
    expect(detectableDifference(scaledTo(1, pairs), goal)).toBeLessThanOrEqual(0.7);
    expect(detectableDifference(scaledTo(1, pairs - 1), goal)).toBeGreaterThan(0.7);
    expect(pairsNeeded(1, 1e-6, goal)).toBeNull();
  });
});

describe('ratios of pairs', () => {
  it('weighs doubling and halving alike, and takes ticks of a clock for equal', () => {
    const [up = 0, down = 0, tick] = logRatios(
      [
        { before: 1, after: 2 },
        { before: 2, after: 1 },
        { before: 0, after: 0.0009 },
      ],
      0.001,
    );
    expect(up).toBeCloseTo(-down);
    expect(tick).toBe(0);
  });
});

/** Values of mean 0 whose sample standard deviation is this. */
function scaledTo(spread: number, count: number): number[] {
  const values = Array.from({ length: count }, (_, index) => index - (count - 1) / 2);
  const own = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / (count - 1));
  return values.map((value) => (value / own) * spread);
}
