import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearestName } from './suggest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['status', 'status', 0],
    ['statsu', 'status', 1],
    ['ca', 'abc', 2],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %d', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });

  it('is a metric', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('nearestName', () => {
  it('finds what was meant', () => {
    expect(nearestName('tragets', ['store', 'targets'])).toBe('targets');
    expect(nearestName('baseurl', ['baseUrl', 'openapi'])).toBe('baseUrl');
    expect(didYouMean('statsu', ['status', 'watch'])).toBe(' Did you mean `status`?');
  });

  it('stays silent when nothing is near', () => {
    expect(nearestName('x', ['id', 'tls'])).toBeUndefined();
    expect(didYouMean('banana', ['status', 'watch'])).toBe('');
  });
});
