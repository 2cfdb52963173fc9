import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelDurationMs, replaceStages, stagesDurationMs, stageValueAt, usersAt } from './stages.ts';

const stages = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 100 }),
    to: fc.integer({ min: 0, max: 100 }),
    durationMs: fc.integer({ min: 1, max: 1000 }),
  }),
  { maxLength: 5 },
);

describe('users', () => {
  it('of all workers add up to what is asked for', () => {
    fc.assert(
      fc.property(
        stages,
        fc.integer({ min: 0, max: 6000 }),
        fc.integer({ min: 1, max: 9 }),
        (asked, ms, of) => {
          const shares = Array.from({ length: of }, (_, worker) => usersAt(asked, ms, worker, of));
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(usersAt(asked, ms, 0, 1));
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('follow their stages', () => {
    const asked = [
      { from: 0, to: 10, durationMs: 1000 },
      { from: 20, to: 20, durationMs: 1000 },
    ];
    expect([0, 500, 999, 1000, 1999, 2000].map((ms) => usersAt(asked, ms, 0, 1))).toEqual([
      0, 5, 10, 20, 20, 0,
    ]);
  });
});

describe('replaced stages', () => {
  it('are as before until then, and others after it', () => {
    fc.assert(
      fc.property(
        stages,
        stages,
        fc.integer({ min: 0, max: 6000 }),
        fc.nat(7000),
        (old, next, fromMs, ms) => {
          const changed = replaceStages(old, fromMs, next);
          const expected = ms < fromMs ? stageValueAt(old, ms) : stageValueAt(next, ms - fromMs);
          expect(stageValueAt(changed, ms)).toBeCloseTo(expected, 6);
          expect(stagesDurationMs(changed)).toBe(fromMs + stagesDurationMs(next));
        },
      ),
    );
  });
});

describe('the duration of a model', () => {
  it('is that of its stages, its ceiling, or its recording', () => {
    const minute = [{ from: 1, to: 2, durationMs: 60_000 }];
    expect(modelDurationMs({ kind: 'users', stages: minute })).toBe(60_000);
    expect(modelDurationMs({ kind: 'arrivals', stages: minute, spacing: 'even' })).toBe(60_000);
    expect(
      modelDurationMs({ kind: 'iterations', users: 1, iterations: 2, perUser: true, maxDurationMs: 5 }),
    ).toBe(5);
    const atMs = Float64Array.of(1, 3000);
    expect(modelDurationMs({ kind: 'replay', atMs, scenario: Uint16Array.of(0, 0), speed: 3 })).toBe(1000);
  });
});
