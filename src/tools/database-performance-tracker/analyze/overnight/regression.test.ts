import { describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from '../../../../core/statistics/random.ts';
import { findLoadGrowth, findNewcomers, findRegression } from './regression.ts';
import type { Interval, StatementSeries } from './series.ts';

const MINUTE = 60_000;

/** Intervals of ten minutes; `call` says how long one call takes in interval i, `calls` how many there are. */
function series(
  count: number,
  {
    call,
    calls = () => 100,
    seed = 1,
  }: { call: (i: number) => number; calls?: (i: number) => number; seed?: number },
): StatementSeries {
  const random = seededRandom(seed);
  const intervals = Array.from({ length: count }, (_, i): Interval => {
    const made = calls(i);
    return {
      fromMs: i * 10 * MINUTE,
      toMs: (i + 1) * 10 * MINUTE,
      calls: made,
      totalMs: made * call(i) * (1 + 0.08 * randomNormal(random)),
      rows: made,
      pages: made * 10,
      pagesRead: 0,
      tempPages: 0,
    };
  });
  return { id: 'select 1', text: 'select 1', keys: ['a'], queryIds: ['1'], intervals };
}

const FLOORS = { factor: 1.5, leastMs: 1 };

describe('findRegression', () => {
  it('names the interval of a step, and how much it costs', () => {
    const found = findRegression(series(72, { call: (i) => (i < 30 ? 6 : 480) }), FLOORS);
    expect(found).toMatchObject({ stepFromMs: 300 * MINUTE, stepToMs: 310 * MINUTE });
    expect(found?.before.ms).toBeCloseTo(6, 0);
    expect((found?.after.ms ?? 0) / 480).toBeCloseTo(1, 1);
    expect(found?.extraMs).toBeGreaterThan(1_900_000);
  });

  it('finds one that began half an hour ago', () => {
    expect(findRegression(series(72, { call: (i) => (i < 69 ? 6 : 30) }), FLOORS)).not.toBeNull();
  });

  it.each<[string, StatementSeries]>([
    [
      'three times the calls, each as long as before',
      series(72, { call: () => 6, calls: (i) => (i < 30 ? 100 : 300) }),
    ],
    ['a drift over the whole night', series(72, { call: (i) => 6 * 1.012 ** i })],
    ['a bad hour that is over', series(72, { call: (i) => (i >= 30 && i < 36 ? 60 : 6) })],
    ['a step that nobody feels', series(72, { call: (i) => (i < 30 ? 0.02 : 0.2) })],
    ['a step of a fifth', series(72, { call: (i) => (i < 30 ? 60 : 72) })],
    ['too short a past', series(9, { call: (i) => (i < 5 ? 6 : 480) })],
    ['a statement that became faster', series(72, { call: (i) => (i < 30 ? 480 : 6) })],
  ])('is silent about %s', (_, one) => {
    expect(findRegression(one, FLOORS)).toBeNull();
  });

  it('is silent about noise', () => {
    const alarms = Array.from({ length: 100 }, (_, seed) =>
      findRegression(series(48, { call: () => 20, seed: seed + 10 }), FLOORS),
    ).filter((found) => found !== null);
    expect(alarms).toEqual([]);
  });
});

describe('findLoadGrowth', () => {
  it('tells more calls from slower ones', () => {
    const grown = findLoadGrowth(series(72, { call: () => 6, calls: (i) => (i < 30 ? 100 : 300) }));
    expect((grown?.after.callsPerMinute ?? 0) / (grown?.before.callsPerMinute ?? 1)).toBeCloseTo(3, 1);
    expect(findLoadGrowth(series(72, { call: (i) => (i < 30 ? 6 : 480) }))).toBeNull();
  });
});

describe('findNewcomers', () => {
  it('finds what was not there before, and only that', () => {
    const old = series(72, { call: () => 200 });
    const fresh = { ...series(72, { call: () => 300 }), id: 'select 2' };
    const late = { ...fresh, intervals: fresh.intervals.slice(50) };
    const range = { fromMs: 0, toMs: 720 * MINUTE };
    const found = findNewcomers([old, late], range, { slowMs: 50, share: 0.02 });
    expect(found.map(({ series: { id }, firstMs }) => [id, firstMs])).toEqual([['select 2', 500 * MINUTE]]);
  });
});
