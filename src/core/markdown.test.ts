import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpans, inlineCode, withoutCodeSpans } from './markdown.ts';

describe('code spans', () => {
  it.each([
    ['a `b` c', ['b']],
    ['``a`b`` `c`', ['a`b', 'c']],
    ['``a` b', []],
    ['`a`` b ``c`', ['a`` b ``c']],
    ['```x``` y', ['x']],
  ])('of %s', (text, contents) => {
    expect(codeSpans(text).map(({ content }) => content)).toEqual(contents);
  });

  it('are what inlineCode writes, between any words', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a`| ]*[a|]+[a`| ]*$/), (text) => {
        const written = inlineCode(text);
        expect(codeSpans(`x ${written} y`)).toMatchObject([{ from: 2, to: 2 + written.length }]);
        expect(withoutCodeSpans(`x ${written} y`)).toBe('x  y');
      }),
    );
  });

  it('are found in a long line of runs that nothing closes', () => {
    const runs = Array.from({ length: 800 }, (_, index) => '`'.repeat(index + 1));
    expect(codeSpans(runs.join('a'))).toEqual([]);
  });
});
