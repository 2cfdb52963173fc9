import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaOf, windowOf } from './delta.ts';
import { createStatementsSimulator } from './statements-simulator-fixture.ts';
import { counters, snapshot } from './statements-fixture.ts';

function callsOf(window: ReturnType<typeof deltaOf>): Record<string, [number, string]> {
  return Object.fromEntries(
    window.statements.map(({ key, calls, exactness }) => [key, [calls, exactness] as [number, string]]),
  );
}

describe('two snapshots', () => {
  it('give what was done in between, by falling time, without what was not called', () => {
    const window = deltaOf(
      snapshot({ statements: [counters('a', 5), counters('b', 7), counters('c', 1)] }),
      snapshot({
        takenAtMs: 60_000,
        activeMs: 400,
        statements: [counters('a', 6), counters('b', 7), counters('c', 21), counters('d', 3)],
      }),
    );
    expect(window).toMatchObject({ fromMs: 0, toMs: 60_000 });
    expect(window.statements.map(({ key, calls, totalMs, meanMs }) => [key, calls, totalMs, meanMs])).toEqual(
      [
        ['c', 20, 200, 10],
        ['d', 3, 30, 10],
        ['a', 1, 10, 10],
      ],
    );
    expect(callsOf(window)).toMatchObject({ c: [20, 'exact'], d: [3, 'exact'], a: [1, 'exact'] });
    expect(window.coverage).toEqual({
      trackedMs: 240,
      databaseMs: 300,
      share: 0.8,
      evictions: 0,
      resets: 0,
      ownMs: 0,
    });
  });

  it('leave our own statements out, and say what they took', () => {
    const own = { text: '/* rearguard */ SELECT 1' };
    const window = deltaOf(
      snapshot({ statements: [] }),
      snapshot({ activeMs: 140, statements: [counters('a', 2), counters('ours', 2, own)] }),
    );
    expect(callsOf(window)).toEqual({ a: [2, 'exact'] });
    expect(window.coverage).toMatchObject({ trackedMs: 20, ownMs: 20, share: 1 });
  });

  it('count statements within functions, but their time only once', () => {
    const nested = counters('nested', 9, { topLevel: false });
    const window = deltaOf(
      snapshot({ statements: [] }),
      snapshot({ statements: [counters('a', 10), nested] }),
    );
    expect(Object.keys(callsOf(window))).toEqual(['a', 'nested']);
    expect(window.coverage.trackedMs).toBe(100);
  });

  it('know an entry that was evicted and made anew by its start, however much it has counted since', () => {
    const before = snapshot({ evictions: 3, statements: [counters('a', 2, { statsSinceMs: 1 })] });
    const reborn = counters('a', 6, { statsSinceMs: 2 });
    const after = snapshot({ evictions: 4, statements: [reborn, counters('b', 9, { statsSinceMs: 1 })] });
    expect(callsOf(deltaOf(before, after))).toEqual({ a: [6, 'lower-bound'], b: [9, 'lower-bound'] });
    const same = { ...after, statements: [counters('a', 6, { statsSinceMs: 1 })] };
    expect(callsOf(deltaOf(before, same))).toEqual({ a: [4, 'exact'] });
  });

  it('before 17 know it by a counter that fell, not only by the calls', () => {
    const before = snapshot({ evictions: 3, statements: [counters('a', 2, { sharedRead: 50 })] });
    const after = snapshot({ evictions: 4, statements: [counters('a', 6, { sharedRead: 1 })] });
    expect(callsOf(deltaOf(before, after))).toEqual({ a: [6, 'lower-bound'] });
  });

  it('take what was counted since a reset', () => {
    const before = snapshot({ resetAtMs: 1, evictions: 9, statements: [counters('a', 5)] });
    const after = snapshot({ resetAtMs: 2, evictions: 0, statements: [counters('a', 7)] });
    const window = deltaOf(before, after);
    expect(callsOf(window)).toEqual({ a: [7, 'lower-bound'] });
    expect(window.coverage).toMatchObject({ resets: 1, evictions: 0 });
  });

  it('go on over a restart that kept the statistics', () => {
    const before = snapshot({ epoch: 'a', resetAtMs: 1, statements: [counters('a', 5)] });
    const after = snapshot({
      epoch: 'b',
      startedAtMs: 30,
      takenAtMs: 60,
      resetAtMs: 1,
      statements: [counters('a', 7)],
    });
    expect(callsOf(deltaOf(before, after))).toEqual({ a: [2, 'exact'] });
  });

  it('say nothing of a time that another server was there for', () => {
    const before = snapshot({ epoch: 'a', takenAtMs: 1_000, resetAtMs: 1, statements: [counters('a', 5)] });
    const standby = { epoch: 'b', startedAtMs: 500, takenAtMs: 2_000, resetAtMs: 400, activeMs: 900 };
    const window = deltaOf(before, snapshot({ ...standby, statements: [counters('a', 900)] }));
    expect(window.statements).toEqual([]);
    expect(window.coverage).toMatchObject({ databaseMs: null, share: null });
  });

  it('do not take an update of the extension, which then tells of resets, for one', () => {
    const before = snapshot({ resetAtMs: null, evictions: null, statements: [counters('a', 5)] });
    const after = snapshot({ resetAtMs: 1, evictions: 0, statements: [counters('a', 7)] });
    expect(callsOf(deltaOf(before, after))).toEqual({ a: [2, 'lower-bound'] });
  });

  it('leave out figures that are counted only since, and keep the rest', () => {
    const before = snapshot({ statements: [counters('a', 5, { readMs: null })] });
    const after = snapshot({ statements: [counters('a', 7, { readMs: 3 })] });
    expect(deltaOf(before, after).statements).toMatchObject([{ calls: 2, readMs: null }]);
  });

  it('cannot tell the share of what was tracked when the database counters began anew', () => {
    const window = deltaOf(
      snapshot({ activeMs: 500, statements: [counters('a', 5)] }),
      snapshot({ activeMs: 20, statements: [counters('a', 7)] }),
    );
    expect(window.coverage).toMatchObject({ trackedMs: 20, databaseMs: null, share: null });
  });
});

describe('several snapshots', () => {
  it('lose less to an eviction than the first and the last alone', () => {
    const entry = (calls: number, statsSinceMs: number) => counters('a', calls, { statsSinceMs });
    const snapshots = [
      snapshot({ evictions: 0, statements: [entry(5, 1)] }),
      snapshot({ evictions: 0, statements: [entry(9, 1)] }),
      snapshot({ evictions: 1, statements: [] }),
      snapshot({ evictions: 1, statements: [entry(3, 2)] }),
    ];
    expect(callsOf(windowOf(snapshots))).toEqual({ a: [7, 'lower-bound'] });
  });

  it('know the text from whichever had it', () => {
    const window = windowOf([
      snapshot({ statements: [counters('a', 1, { text: 'SELECT $1' })] }),
      snapshot({ statements: [counters('a', 2, { text: null })] }),
    ]);
    expect(window.statements).toMatchObject([{ text: 'SELECT $1' }]);
  });

  it('need not be several, but one', () => {
    expect(windowOf([snapshot({ statements: [counters('a', 1)] })]).statements).toEqual([]);
    expect(() => windowOf([])).toThrow(RangeError);
  });
});

describe('whatever happens to the server', () => {
  const action = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('run' as const),
        query: fc.nat(5),
        calls: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('evict' as const), query: fc.nat(5) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('reset' as const, 'restart' as const, 'crash' as const, 'failover' as const),
      }),
    },
  );

  it.each([13, 16, 18])(
    'counts never more than was done, and exactly that where it says so (PostgreSQL %i)',
    (major) => {
      fc.assert(
        fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
          const server = createStatementsSimulator(major);
          const snapshots = [server.snapshot()];
          for (const step of actions) {
            if (step.kind === 'snapshot') snapshots.push(server.snapshot());
            else server.act(step);
          }
          snapshots.push(server.snapshot());
          const window = windowOf(snapshots);
          const truth = server.truth();
          for (const { key, calls, totalMs, rows, exactness } of window.statements) {
            const done = truth.get(key) ?? 0;
            expect(calls).toBeGreaterThanOrEqual(exactness === 'exact' ? done : 1);
            expect(calls).toBeLessThanOrEqual(done);
            expect(totalMs).toBe(calls * 10);
            expect(rows).toBe(calls);
          }
        }),
        { numRuns: 1_000 },
      );
    },
  );
});
