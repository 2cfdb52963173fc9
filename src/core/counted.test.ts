import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('is singular for one only', () => {
  expect([0, 1, 2].map((count) => counted(count, 'endpoint'))).toEqual([
    '0 endpoints',
    '1 endpoint',
    '2 endpoints',
  ]);
});

it('takes a plural of its own', () => {
  expect([0, 1, 2].map((count) => counted(count, 'dependency', 'dependencies'))).toEqual([
    '0 dependencies',
    '1 dependency',
    '2 dependencies',
  ]);
});
