import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadTick } from '../../../core/load/measure.ts';
import { arbitraryTick, endpointFixture, tickFixture, totalsOf } from '../../../core/load/tick-fixture.ts';
import { createTickMerger } from './tick-merger.ts';

/** What happens at the merger, in order: a tick of a worker, its end, or somebody takes. */
type Happening = { worker: number; tick: LoadTick } | 'take';

const WORKERS = 3;
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ worker: fc.nat({ max: WORKERS - 1 }), tick: arbitraryTick }) },
    { weight: 1, arbitrary: fc.constant('take' as const) },
  ),
  { maxLength: 12 },
);

function play(order: readonly Happening[]): LoadTick[] {
  const merger = createTickMerger(WORKERS);
  const taken: LoadTick[] = [];
  for (const happening of order) {
    if (happening === 'take') taken.push(merger.take(0, 0));
    else merger.add(happening.worker, happening.tick);
  }
  return [...taken, merger.take(0, 0)];
}

const tickOf = (toMs: number, more: Partial<LoadTick> = {}): LoadTick =>
  tickFixture({ fromMs: toMs - 200, toMs, ...more });

describe('merging the ticks of workers', () => {
  it('gives the same totals in any interleaving, each count once', () => {
    fc.assert(
      fc.property(happenings, fc.infiniteStream(fc.nat()), (order, keys) => {
        const ticks = order.flatMap((one) => (one === 'take' ? [] : [one.tick]));
        const shuffled = order
          .map((one) => ({ one, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(totalsOf(play(order))).toEqual(totalsOf(ticks));
        expect(totalsOf(play(shuffled))).toEqual(totalsOf(ticks));
      }),
      { numRuns: 60 },
    );
  });

  it('spans follow each other without a gap and without an overlap', () => {
    fc.assert(
      fc.property(happenings, (order) => {
        const merged = play(order);
        for (const [index, { fromMs, toMs }] of merged.entries()) {
          expect(fromMs).toBe(merged[index - 1]?.toMs ?? 0);
          expect(toMs).toBeGreaterThanOrEqual(fromMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not wait for a worker that is late: its state stands, its counts come with a later tick', () => {
    const merger = createTickMerger(2);
    merger.add(0, tickOf(200, { opened: 1, users: 5 }));
    merger.add(1, tickOf(200, { opened: 2, users: 7 }));
    expect(merger.isComplete()).toBe(true);
    expect(merger.take(0, 0)).toMatchObject({ opened: 3, users: 12 });
    merger.add(0, tickOf(400, { opened: 4, users: 5 }));
    expect(merger.isComplete()).toBe(false);
    expect(merger.take(0, 0)).toMatchObject({ fromMs: 200, toMs: 400, opened: 4, users: 12 });
    merger.add(0, tickOf(600, { opened: 8, users: 5 }));
    merger.add(1, tickOf(400, { opened: 16, users: 7 }));
    merger.add(1, tickOf(600, { opened: 32, users: 6 }));
    expect(merger.take(0, 0)).toMatchObject({ fromMs: 400, toMs: 600, opened: 56, users: 11 });
    expect(merger.take(0, 800)).toMatchObject({ fromMs: 600, toMs: 800, opened: 0, users: 11 });
  });

  it('what a worker leaves behind is given up, not forgotten', () => {
    const merger = createTickMerger(2);
    const endpoints = [endpointFixture({ sent: 10, succeeded: 6, failed: { timeout: 1 } })];
    const sessions = { asked: 12, begun: 10, dropped: 0, ended: 7 };
    merger.add(0, tickOf(200, { endpoints, sessions, inFlight: 3, queued: 2, users: 4 }));
    merger.take(0, 0);
    merger.end(0);
    merger.add(0, tickOf(400, { opened: 99 }));
    merger.add(1, tickOf(400, { users: 4 }));
    expect(merger.take(0, 0)).toMatchObject({
      endpoints: [{ sent: 0, cancelled: 3 }],
      sessions: { asked: 0, dropped: 2 },
      opened: 0,
      inFlight: 0,
      queued: 0,
      users: 4,
    });
  });
});
