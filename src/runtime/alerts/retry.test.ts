import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, GIVE_UP_AFTER_MS, MIN_TRIES, nextTryAtMs } from './retry.ts';

const longest = () => 1 - Number.EPSILON;

describe('backoffMs', () => {
  it('doubles from a second to a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map((failures) =>
      Math.round(backoffMs(failures, longest)),
    );
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('is anything from nothing to that', () => {
    expect([0, 0.25, 0.5].map((value) => backoffMs(4, () => value))).toEqual([0, 2_000, 4_000]);
  });
});

describe('nextTryAtMs', () => {
  const failed = { queuedAtMs: 0, failures: 1, nowMs: 10_000, afterMs: undefined, random: longest };

  it('waits for as long as the receiver asked, and never shorter than its own wait', () => {
    expect(nextTryAtMs({ ...failed, afterMs: 30_000 })).toBe(40_000);
    expect(nextTryAtMs({ ...failed, failures: 7, afterMs: 30_000 })).toBe(70_000);
  });

  it('gives up after a day, but not before enough tries', () => {
    const nowMs = GIVE_UP_AFTER_MS;
    expect(nextTryAtMs({ ...failed, nowMs, failures: MIN_TRIES })).toBeNull();
    expect(nextTryAtMs({ ...failed, nowMs, failures: MIN_TRIES - 1 })).toBeGreaterThan(nowMs);
    expect(nextTryAtMs({ ...failed, nowMs: nowMs - 1, failures: 2_000 })).toBeGreaterThan(nowMs - 1);
  });

  it('never lies in the past, nor further away than a minute or what was asked for', () => {
    fc.assert(
      fc.property(
        fc.record({
          failures: fc.integer({ min: 1, max: 5_000 }),
          nowMs: fc.integer({ min: 0, max: GIVE_UP_AFTER_MS - 1 }),
          afterMs: fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined }),
          luck: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        }),
        ({ failures, nowMs, afterMs, luck }) => {
          const next = nextTryAtMs({ queuedAtMs: 0, failures, nowMs, afterMs, random: () => luck }) ?? -1;
          expect(next).toBeGreaterThanOrEqual(nowMs + (afterMs ?? 0));
          expect(next).toBeLessThanOrEqual(nowMs + Math.max(60_000, afterMs ?? 0));
        },
      ),
    );
  });
});
