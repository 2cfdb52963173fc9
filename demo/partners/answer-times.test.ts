import { expect, it } from 'vitest';
import { answerTimes } from './answer-times.ts';

const draws = Array.from({ length: 1_000 }, (_, index) => index / 1_000);

it('slows one ranking in ten, and only with the fault', () => {
  const healthy = new Set(draws.map((random) => answerTimes.rankMs(random, false)));
  expect(healthy.size).toBe(1);
  const [usualMs = 0] = healthy;
  const slow = draws.map((random) => answerTimes.rankMs(random, true)).filter((ms) => ms > usualMs);
  expect(slow).toHaveLength(100);
  expect(Math.min(...slow)).toBeGreaterThan(4 * usualMs);
});
