import { expect, it } from 'vitest';
import { isLoopbackAddress } from './loopback.ts';

it.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.127', false],
  ['128.0.0.1', false],
  ['::2', false],
  ['1270::1', false],
])('%s: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});
