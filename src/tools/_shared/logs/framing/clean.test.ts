import { expect, it } from 'vitest';
import { copyClean } from './clean.ts';

function clean(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  const to = Buffer.alloc(bytes.length);
  return to.toString('latin1', 0, copyClean(bytes, 0, bytes.length, to, 0));
}

it('takes a sequence of the terminal away up to its end, and leaves the text of one that has none', () => {
  expect(clean('a\u001b]0;title\u0007b\u001b]8;;\u001b\\c')).toBe('abc');
  expect(clean('a\u001b]0;title')).toBe('a0;title');
});

it('leaves the text of many that have no end, as of one', () => {
  expect(clean('\u001b]x'.repeat(20_000))).toBe('x'.repeat(20_000));
});
