import { describe, expect, it } from 'vitest';
import type { LoadModel } from '../../../core/load/plan.ts';
import { errorCodeOf } from '../../test-support/error-code.ts';
import { assertWithinCeilings } from './ceilings.ts';
import { arrivals, planFixture, stepFixture, users } from '../../../core/load/plan-fixture.ts';
import { workersNeeded } from './workers-needed.ts';

const limits = { maxRatePerSecond: 100, maxConnections: 20, maxDurationMs: 10_000 };
const judge = (model: LoadModel): string | null =>
  errorCodeOf(() => assertWithinCeilings(planFixture({ model, limits })));
const replay = (atMs: readonly number[], speed: number): LoadModel => ({
  kind: 'replay',
  atMs: Float64Array.from(atMs),
  scenario: new Uint16Array(atMs.length),
  speed,
});
const iterations = (count: number, maxDurationMs: number): LoadModel => ({
  kind: 'iterations',
  users: count,
  iterations: 1_000,
  perUser: false,
  maxDurationMs,
});

describe('ceilings', () => {
  it.each([
    ['as many users as connections', users(20, 10_000)],
    ['the rate itself', arrivals(100, 10_000)],
    ['as many iterations as one likes', iterations(20, 10_000)],
    [
      'the rate of a replay at its busiest',
      replay(
        Array.from({ length: 200 }, (_, i) => i * 10),
        1,
      ),
    ],
  ])('%s is within them', (_, model) => {
    expect(judge(model)).toBeNull();
  });

  it('users of HTTP/2 share connections', () => {
    const origins = [{ url: 'https://shop.test', protocol: 'h2' as const }];
    const judgeShared = (count: number): string | null =>
      errorCodeOf(() =>
        assertWithinCeilings({ ...planFixture({ model: users(count, 1_000), limits }), origins }),
      );
    expect([judgeShared(21), judgeShared(2_000), judgeShared(2_001)]).toEqual([null, null, 'E_LOAD_LIMIT']);
  });

  it.each([
    ['more users', users(21, 1_000)],
    ['a higher rate', arrivals(100.5, 1_000)],
    [
      'a stage that grows above',
      { ...arrivals(1, 1), stages: [{ from: 1, to: 101, durationMs: 9 }] } as LoadModel,
    ],
    ['more time', users(1, 10_001)],
    ['more users of iterations', iterations(21, 1_000)],
    ['more time of iterations', iterations(1, 10_001)],
    [
      'a replay that is too fast',
      replay(
        Array.from({ length: 200 }, (_, i) => i * 10),
        1.1,
      ),
    ],
    ['a replay that takes too long', replay([0, 10_001], 1)],
  ])('%s is refused', (_, model) => {
    expect(judge(model)).toBe('E_LOAD_LIMIT');
  });

  it('says what was asked for and what the ceiling is', () => {
    const asked = (): void => assertWithinCeilings(planFixture({ model: arrivals(250, 1_000), limits }));
    expect(asked).toThrow('asks for 250 sessions a second, more than the ceiling of 100');
  });
});

describe('number of workers', () => {
  it('leaves a core to the rest of the machine, and is at least one', () => {
    const heavy = planFixture({ model: arrivals(80_000, 1_000) });
    expect(workersNeeded(heavy, 8)).toBe(7);
    expect(workersNeeded(heavy, 1)).toBe(1);
    expect(workersNeeded({ ...heavy, limits: { ...heavy.limits, maxConnections: 3 } }, 8)).toBe(3);
  });

  it('is no more than the load needs', () => {
    expect(workersNeeded(planFixture({ model: arrivals(200, 1_000) }), 8)).toBe(1);
    expect(workersNeeded(planFixture({ model: users(50, 1_000) }), 8)).toBe(1);
    expect(workersNeeded(planFixture({ model: users(90, 1_000) }), 8)).toBe(2);
    expect(workersNeeded(planFixture({ model: iterations(1, 1_000) }), 8)).toBe(1);
    expect(workersNeeded(planFixture({ model: replay([], 1) }), 8)).toBe(1);
    const steps = ['/a', '/b', '/c'].map((path) => stepFixture(path));
    const scenarios = [{ name: 'walk', weight: 1, begin: [], steps }];
    expect(workersNeeded(planFixture({ model: arrivals(3_000, 1_000), scenarios }), 8)).toBe(2);
  });
});
