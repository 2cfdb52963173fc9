import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRateChange } from './rate-change.ts';
import { seededRandom } from './random.ts';

/** Poisson counts by Knuth's method. */
function poisson(random: () => number, mean: number): number {
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count += 1;
  return count;
}

function stepped(
  seed: number,
  { at, before, after }: { at: number; before: number; after: number },
): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 120 }, (_, slot) => poisson(random, slot < at ? before : after));
}

const EVERYWHERE = { direction: 'rise', from: 1, to: 119 } as const;

describe('findRateChange', () => {
  it('finds a clear rise where it is', () => {
    const change = findRateChange([{ counts: stepped(1, { at: 70, before: 1, after: 12 }) }], EVERYWHERE);
    expect(change).toMatchObject({ at: 70, low: 70, high: 70 });
  });

  it('holds the true slot in its interval at least as often as it says', () => {
    const held = Array.from({ length: 300 }, (_, seed) => {
      const at = 30 + (seed % 60);
      const change = findRateChange([{ counts: stepped(seed + 1, { at, before: 1, after: 3 }) }], EVERYWHERE);
      return change !== null && change.low <= at && at <= change.high;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(0.93 * held.length);
  });

  it('lets rare counts have begun before the first of them', () => {
    const counts = Array.from({ length: 120 }, (_, slot) =>
      slot === 80 || slot === 95 || slot === 110 ? 1 : 0,
    );
    const change = findRateChange([{ counts }], EVERYWHERE);
    expect(change?.at).toBe(80);
    expect(change?.low).toBeLessThan(75);
    expect(change?.high).toBeLessThan(110);
  });

  it('joins series that change together, whatever their rates', () => {
    const weak = stepped(5, { at: 60, before: 1, after: 2 });
    const alone = findRateChange([{ counts: weak }], EVERYWHERE);
    const joined = findRateChange(
      [{ counts: weak }, { counts: stepped(6, { at: 60, before: 0.2, after: 4 }) }],
      EVERYWHERE,
    );
    const width = (change: typeof alone): number => (change === null ? 120 : change.high - change.low);
    expect(width(joined)).toBeLessThan(width(alone));
    expect(joined?.at).toBe(60);
  });

  it('finds falls only when asked for them', () => {
    const series = [{ counts: stepped(3, { at: 50, before: 9, after: 1 }) }];
    expect(findRateChange(series, { ...EVERYWHERE, direction: 'fall' })?.at).toBe(50);
    expect(findRateChange(series, { ...EVERYWHERE, from: 45, to: 55 })).toBeNull();
  });

  it('takes a slot without measurement for neither rate', () => {
    const counts = stepped(4, { at: 60, before: 6, after: 20 }).map((count, slot) =>
      slot >= 30 && slot < 50 ? 0 : count,
    );
    const exposure = counts.map((_, slot) => (slot >= 30 && slot < 50 ? 0 : 1));
    expect(findRateChange([{ counts }], { ...EVERYWHERE, exposure })?.at).toBe(60);
  });

  it('is null for nothing, and never leaves its range', () => {
    expect(findRateChange([], EVERYWHERE)).toBeNull();
    expect(findRateChange([{ counts: [0, 0, 0] }], EVERYWHERE)).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 50 }), { minLength: 2, maxLength: 60 }),
        fc.nat(59),
        fc.nat(59),
        (counts, a, b) => {
          const change = findRateChange([{ counts }], {
            direction: 'rise',
            from: Math.min(a, b),
            to: Math.max(a, b),
          });
          if (change === null) return true;
          const { at, low, high } = change;
          return (
            low <= at &&
            at <= high &&
            low >= Math.min(a, b) &&
            high <= Math.max(a, b) &&
            change.logLikelihoodRatio > 0
          );
        },
      ),
    );
  });
});
