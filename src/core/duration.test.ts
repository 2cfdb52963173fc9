import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { formatSize, parseSize } from './size.ts';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    [' 2w ', 1_209_600_000],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '30', 's', '-5s', '5 minutes', '1h 30m', '1e3s'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0.25, '0.25 ms'],
    [4.26, '4.3 ms'],
    [180, '180 ms'],
    [2_500, '2.5 s'],
    [60_000, '1m'],
    [5_400_000, '1h 30m'],
    [90_061_000, '1d 1h'],
  ])('writes %d ms as %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('has at most two units', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60_000, max: 10 ** 12 }),
        (ms) => formatDuration(ms).split(' ').length <= 2,
      ),
    );
  });
});

describe('sizes', () => {
  it.each([
    ['512B', 512],
    ['10MB', 10_000_000],
    ['1.5GiB', 1_610_612_736],
    ['64 kb', 64_000],
  ])('reads %j', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '10', 'MB', '-1MB', '1 parsec'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it('writes them short', () => {
    expect([999, 1_500, 999_600, 45_000_000].map(formatSize)).toEqual(['999 B', '1.5 kB', '1.0 MB', '45 MB']);
  });
});
