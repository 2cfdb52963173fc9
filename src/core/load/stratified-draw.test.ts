import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedDraw } from './stratified-draw.ts';

describe('stratifiedDraw', () => {
  it('keeps shares within a few of any run of numbers, in an order that the seed decides', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat(1e9),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, block, share) => {
          const drawn = Array.from({ length: 1_024 }, (_, index) =>
            stratifiedDraw(seed, block * 256 + index, 1),
          );
          expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...drawn)).toBeLessThan(1);
          const below = drawn.filter((value) => value < share).length;
          expect(Math.abs(below - share * 1_024)).toBeLessThanOrEqual(4);
        },
      ),
      { numRuns: 50 },
    );
    const first = (seed: number) => Array.from({ length: 8 }, (_, index) => stratifiedDraw(seed, index, 1));
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });
});
