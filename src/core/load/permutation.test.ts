import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, draw32 } from './draw.ts';
import { permuted } from './permutation.ts';

const indices = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

describe('a shuffle without a table', () => {
  it('has every index once, for each size and seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1200 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (size, seed) => {
          const places = new Set(indices(size).map((index) => permuted(index, size, seed)));
          expect(places.size).toBe(size);
          expect(Math.max(...places)).toBe(size - 1);
        },
      ),
    );
  });

  it('is another one for another seed, and far from sorted', () => {
    const [first, second] = [1, 2].map((seed) => indices(1000).map((index) => permuted(index, 1000, seed)));
    expect(first).not.toEqual(second);
    const kept = first!.filter((place, index) => Math.abs(place - index) < 10).length;
    expect(kept).toBeLessThan(60);
  });

  it('goes up to the most rows there can be', () => {
    const size = 2 ** 32;
    const places = [0, 1, 2 ** 31, size - 1].map((index) => permuted(index, size, 9));
    expect(new Set(places).size).toBe(4);
    for (const place of places) expect(place >= 0 && place < size).toBe(true);
  });
});

describe('drawn numbers', () => {
  it('are a function of seed, number and purpose', () => {
    expect(draw32(1, 2, 3)).toBe(draw32(1, 2, 3));
    const others = [
      draw32(1, 2, 3),
      draw32(2, 2, 3),
      draw32(1, 3, 3),
      draw32(1, 2, 4),
      draw32(1, 2 + 2 ** 32, 3),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('are even over neighbouring numbers', () => {
    const bins = Array.from({ length: 10 }, () => 0);
    for (let number = 0; number < 100_000; number += 1) bins[Math.floor(draw(5, number, 1) * 10)]! += 1;
    // Chi-square with nine degrees of freedom: beyond 33.7 once in ten thousand seeds.
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(33.7);
  });
});
