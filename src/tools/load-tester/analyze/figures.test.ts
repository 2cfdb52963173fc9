import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryTick, tickFixture, totalsOf } from '../../../core/load/tick-fixture.ts';
import { censoredQuantile, endpointFigures, supports } from './figures.ts';
import { addTick, finishFold, startFold } from './fold.ts';
import { endpointOf, histogramOf } from './load-fixture.ts';

describe('percentiles', () => {
  it('count what was given up as longer than all that was measured', () => {
    const measured = histogramOf({ 10: 90 });
    const all = (censored: Record<number, number>, q: number) =>
      censoredQuantile(measured, histogramOf(censored), q);
    expect(all({}, 0.95)).toMatchObject({ atLeast: false });
    expect(all({ 0: 10 }, 0.9)).toMatchObject({ atLeast: false });
    expect(all({ 0: 10 }, 0.95)).toMatchObject({ atLeast: true });
    expect(all({ 0: 10 }, 0.95)?.ms).toBeCloseTo(10, 1);
    expect(all({ 4_000: 10 }, 0.95)?.ms).toBeCloseTo(4_000, -2);
    expect(censoredQuantile(histogramOf({}), histogramOf({}), 0.5)).toBeNull();
  });

  it('never look better for requests that were given up', () => {
    const latencies = fc.dictionary(
      fc.integer({ min: 1, max: 500 }).map(String),
      fc.integer({ min: 1, max: 20 }),
      { minKeys: 1, noNullPrototype: true },
    );
    fc.assert(
      fc.property(
        latencies,
        fc.integer({ min: 0, max: 100 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (counts, dropped, q) => {
          const measured = histogramOf(counts);
          const without = censoredQuantile(measured, undefined, q)?.ms ?? 0;
          const withDrops = censoredQuantile(measured, histogramOf({ 0: dropped }), q)?.ms ?? 0;
          expect(withDrops).toBeGreaterThanOrEqual(without - 1e-9);
        },
      ),
    );
  });

  it('are claimed with enough samples only', () => {
    expect([supports(58, 0.95), supports(59, 0.95), supports(298, 0.99), supports(299, 0.99)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('figures of an endpoint', () => {
  it('tell throughput from goodput', () => {
    const figures = endpointFigures(
      endpointOf({ latencies: { 5: 100 }, failed: { 'status-5xx': 20 } }),
      2_000,
    );
    expect(figures).toMatchObject({ ended: 100, failed: 20, rate: 50, goodput: 40, errorShare: 0.2 });
  });
});

describe('folding ticks into slices', () => {
  it('loses and doubles nothing', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryTick, { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 40 }),
        (ticks, stopAt) => {
          const timed = ticks.map((tick, index) => ({
            ...tick,
            fromMs: index * 200,
            toMs: (index + 1) * 200,
          }));
          const fold = startFold(6_000);
          for (const [index, tick] of timed.entries()) addTick(fold, tick, index >= stopAt);
          const { slices, drained } = finishFold(fold);
          expect(totalsOf([...slices, ...drained])).toEqual(totalsOf(timed));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes slices of a second, of ten after the first hour, and none of what was drained', () => {
    const fold = startFold(3_630_000);
    for (let fromMs = 3_596_000; fromMs < 3_640_000; fromMs += 200)
      addTick(fold, tickFixture({ fromMs, toMs: fromMs + 200 }), false);
    const { slices, drained } = finishFold(fold);
    expect(slices.map(({ fromMs, toMs }) => toMs - fromMs)).toEqual([
      1_000, 1_000, 1_000, 1_000, 10_000, 10_000, 10_000,
    ]);
    expect(drained.length).toBe(50);
  });

  it('notes ticks in which nothing ended while requests were in flight, and joins neighbours', () => {
    const fold = startFold(10_000);
    const tick = (index: number, ended: number, more = {}) =>
      addTick(
        fold,
        tickFixture({
          fromMs: index * 200,
          toMs: (index + 1) * 200,
          inFlight: 5,
          endpoints: [endpointOf({ latencies: { 5: ended } })],
          ...more,
        }),
        false,
      );
    tick(0, 9);
    tick(1, 0);
    tick(2, 0);
    tick(3, 9);
    tick(4, 0, { busy: 0.99 });
    tick(5, 0, { inFlight: 0 });
    expect(finishFold(fold).silences).toEqual([{ fromMs: 200, toMs: 600, inFlight: 5 }]);
  });
});
