import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGitIgnore } from './git-ignore.ts';

function isIgnored(rules: string, path: string, isFolder = false): boolean | null {
  return readGitIgnore(rules).verdict(path, isFolder);
}

describe('readGitIgnore', () => {
  it.each([
    ['*.log', 'a/b/app.log', true],
    ['/build', 'build', true],
    ['/build', 'src/build', null],
    ['docs/*.txt', 'docs/a.txt', true],
    ['docs/*.txt', 'docs/more/a.txt', null],
    ['**/cache/**', 'src/cache/a/b', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['*.log\n!keep.log', 'keep.log', false],
    ['# note', '# note', null],
    ['\\#odd', '#odd', true],
    ['file[0-9].js', 'file7.js', true],
    ['file[!0-9].js', 'file7.js', null],
    ['a?c', 'abc', true],
    ['trailing   ', 'trailing', true],
  ])('reads %j for %s', (rules, path, expected) => {
    expect(isIgnored(rules, path)).toBe(expected);
  });

  it('takes a rule with a slash at its end for folders only', () => {
    expect([isIgnored('logs/', 'logs', true), isIgnored('logs/', 'logs')]).toEqual([true, null]);
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (rules, path) => {
        expect([true, false, null]).toContain(isIgnored(rules, path));
      }),
    );
  });
});
