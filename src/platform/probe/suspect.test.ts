import { describe, expect, it } from 'vitest';
import { isSuspect } from './suspect.ts';

describe('isSuspect', () => {
  it.each([
    { name: 'a success during our own delay', lag: 6, cause: null, totalMs: 50, suspect: true },
    { name: 'a success much longer than our delay', lag: 6, cause: null, totalMs: 90, suspect: false },
    { name: 'a small delay of a short success', lag: 5, cause: null, totalMs: 1, suspect: false },
    { name: 'silence while we stood still', lag: 900, cause: 'no-response', totalMs: 2_000, suspect: true },
    { name: 'a refusal, however late we read it', lag: 900, cause: 'refused', totalMs: 1, suspect: false },
    { name: 'an error of the server', lag: 900, cause: 'status-5xx', totalMs: 3, suspect: false },
  ] as const)('$name', ({ lag, cause, totalMs, suspect }) => {
    expect(isSuspect(lag, { cause, totalMs })).toBe(suspect);
  });
});
