import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeInTime, mergeSideBySide } from './merge-ticks.ts';
import { arbitraryTick, tickFixture, totalsOf } from './tick-fixture.ts';

describe('merging ticks', () => {
  it('loses and doubles no count, however they are grouped', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTick, { minLength: 1, maxLength: 12 }), fc.nat(), (ticks, where) => {
        const cut = 1 + (where % ticks.length);
        const [before, after] = [ticks.slice(0, cut), ticks.slice(cut)];
        for (const merge of [mergeInTime, mergeSideBySide]) {
          expect(totalsOf([merge(ticks)])).toEqual(totalsOf(ticks));
          const halves = after.length === 0 ? [merge(before)] : [merge(before), merge(after)];
          expect(totalsOf([merge(halves)])).toEqual(totalsOf(ticks));
        }
      }),
    );
  });

  it('in time: states are those of the end, busy is the mean over time', () => {
    const merged = mergeInTime([
      tickFixture({ fromMs: 0, toMs: 600, users: 9, inFlight: 9, busy: 0.2, targetRate: 10 }),
      tickFixture({ fromMs: 600, toMs: 800, users: 3, inFlight: 1, busy: 1, targetRate: 4 }),
    ]);
    expect(merged).toMatchObject({ fromMs: 0, toMs: 800, users: 3, inFlight: 1, targetRate: 4 });
    expect(merged.busy).toBeCloseTo(0.4);
  });

  it('side by side: states are sums, busy is that of the busiest, the longest pause counts', () => {
    const merged = mergeSideBySide([
      tickFixture({ toMs: 200, users: 2, busy: 0.9, targetRate: 10, pausedUntilMs: 900 }),
      tickFixture({ toMs: 210, users: 3, busy: 0.1, targetRate: 12, pausedUntilMs: null }),
    ]);
    expect(merged).toMatchObject({ toMs: 210, users: 5, busy: 0.9, targetRate: 22, pausedUntilMs: 900 });
    expect(mergeSideBySide([tickFixture(), tickFixture()])).toMatchObject({ targetRate: null });
  });
});
