import { expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';

it('draws the smallest value lowest, the largest highest, and a gap as a space', () => {
  expect(sparkline([0, null, 7, 3.5])).toBe('▁ █▅');
});

it('draws equal values low and nothing as nothing', () => {
  expect(sparkline([5, 5])).toBe('▁▁');
  expect(sparkline([])).toBe('');
});
