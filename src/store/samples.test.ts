import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { quantile } from '../core/histogram.ts';
import type { Sample, SeriesKey } from '../core/metric.ts';
import type { OutcomeBucket } from '../core/slo.ts';
import { HOUR_MS, MINUTE_MS } from './bucket.ts';
import type { SampleBucket, Store } from './store.ts';
import { temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const DAY_MS = 24 * HOUR_MS;
/** An hour's start, some time in 2026. */
const T0 = 1_780_000_200_000 - (1_780_000_200_000 % HOUR_MS);
const SERIES: SeriesKey = {
  metric: 'http.probe.duration',
  unit: 'ms',
  attributes: { target: 'shop', endpoint: 'GET /api/products', temperature: 'cold' },
};
const ALWAYS = { fromMs: T0 - 1_000 * DAY_MS, toMs: T0 + 1_000 * DAY_MS };

function ok(atMs: number, value: number): Sample {
  return { atMs, outcome: 'ok', value, coversMs: 20_000 };
}

function append(store: Store, ...samples: Sample[]): void {
  store.samples.append([{ series: SERIES, samples }]);
}

/** What `outcomes` must say of the same time. */
function outcomesIn(buckets: readonly SampleBucket[]): OutcomeBucket[] {
  return buckets
    .map(({ startMs, bucketMs, okScheduled, failedScheduled }) => ({
      startMs,
      bucketMs,
      good: okScheduled,
      bad: failedScheduled,
    }))
    .filter(({ good, bad }) => good + bad > 0);
}

/** Calls until nothing is left to do. */
function maintainFully(store: Store, nowMs: number): void {
  while (store.maintain(nowMs).more);
}

function totals(buckets: readonly SampleBucket[]): Omit<
  SampleBucket,
  'startMs' | 'bucketMs' | 'histogram'
> & {
  values: number;
} {
  const sum = (pick: (bucket: SampleBucket) => number): number =>
    buckets.reduce((total, bucket) => total + pick(bucket), 0);
  const causes: Record<string, number> = {};
  for (const bucket of buckets) {
    for (const [cause, count] of Object.entries(bucket.causes)) causes[cause] = (causes[cause] ?? 0) + count;
  }
  return {
    ok: sum((bucket) => bucket.ok),
    failed: sum((bucket) => bucket.failed),
    suspect: sum((bucket) => bucket.suspect),
    okScheduled: sum((bucket) => bucket.okScheduled),
    failedScheduled: sum((bucket) => bucket.failedScheduled),
    okCoverMs: sum((bucket) => bucket.okCoverMs),
    failedCoverMs: sum((bucket) => bucket.failedCoverMs),
    values: sum((bucket) => bucket.histogram.count),
    causes,
  };
}

describe('raw samples', () => {
  const samples: Sample[] = [
    { ...ok(T0, 12.5), detail: { dns: 0.4, tcp: null, status: 200, address: '127.0.0.1' } },
    { ...ok(T0, 13), detail: {} },
    { atMs: T0 + 1, outcome: 'failed', value: null, cause: 'refused', coversMs: 20_000 },
    { atMs: T0 + 2, outcome: 'suspect', value: 90, coversMs: 0, detail: { status: 200, dns: 0.4 } },
  ];

  it('come back as they were, in time order, two of one millisecond included', () => {
    const store = stores.open();
    append(store, ...samples);
    expect(store.samples.raw(SERIES, ALWAYS)).toEqual(samples);
  });

  it('are read from an inclusive start to an exclusive end, and newest first when there is a limit', () => {
    const store = stores.open();
    append(store, ...samples);
    expect(store.samples.raw(SERIES, { fromMs: T0 + 1, toMs: T0 + 2 })).toEqual([samples[2]]);
    expect(store.samples.raw(SERIES, ALWAYS, 2)).toEqual(samples.slice(2));
  });

  it('belong to a series whatever the order of its attributes, found by some of them', () => {
    const store = stores.open();
    append(store, ...samples);
    const reordered = {
      ...SERIES,
      attributes: Object.fromEntries(Object.entries(SERIES.attributes).toReversed()),
    };
    expect(store.samples.raw(reordered, ALWAYS)).toHaveLength(4);
    expect(store.samples.series(SERIES.metric, { target: 'shop' })).toEqual([SERIES]);
    expect(store.samples.series(SERIES.metric, { target: 'shop', temperature: 'warm' })).toEqual([]);
    expect(store.samples.series('another.metric')).toEqual([]);
    expect(store.samples.raw({ ...SERIES, metric: 'another.metric' }, ALWAYS)).toEqual([]);
  });

  it('of a batch that fails are not there at all', () => {
    const store = stores.open();
    const invalid = { ...ok(T0 + 1, 1), atMs: Number.NaN };
    expect(() => append(store, ok(T0, 1), invalid)).toThrow(/NOT NULL/);
    expect(store.samples.raw(SERIES, ALWAYS)).toEqual([]);
    append(store, ok(T0, 1));
    expect(store.samples.raw(SERIES, ALWAYS)).toHaveLength(1);
  });
});

describe('buckets', () => {
  it('count ok, failed and suspect apart, with covered time and causes; only ok values make the histogram', () => {
    const store = stores.open();
    append(
      store,
      ok(T0, 10),
      ok(T0 + 20_000, 30),
      { atMs: T0 + 40_000, outcome: 'failed', value: 5_000, cause: 'timeout', coversMs: 20_000 },
      { atMs: T0 + 50_000, outcome: 'suspect', value: 700, coversMs: 20_000 },
      ok(T0 + 3 * MINUTE_MS, 50),
    );
    const [first, second, ...rest] = store.samples.buckets(SERIES, ALWAYS, MINUTE_MS);
    expect(first).toMatchObject({
      startMs: T0,
      bucketMs: MINUTE_MS,
      ok: 2,
      failed: 1,
      suspect: 1,
      okCoverMs: 40_000,
      failedCoverMs: 20_000,
      causes: { timeout: 1 },
      histogram: { count: 2, sum: 40, min: 10, max: 30 },
    });
    expect(second).toMatchObject({ startMs: T0 + 3 * MINUTE_MS, ok: 1 });
    expect(rest).toEqual([]);
  });

  it('refuse a width that is not whole minutes', () => {
    const store = stores.open();
    expect(() => store.samples.buckets(SERIES, ALWAYS, 90_000)).toThrow(RangeError);
    expect(() => store.samples.buckets(SERIES, ALWAYS, 0)).toThrow(RangeError);
  });

  it('keep percentiles of rolled-up samples within the histogram error', () => {
    const store = stores.open();
    const values = Array.from({ length: 180 }, (_, index) => 20 + index);
    append(store, ...values.map((value, index) => ok(T0 + index * 20_000, value)));
    maintainFully(store, T0 + 3 * HOUR_MS);
    const [hour] = store.samples.buckets(SERIES, ALWAYS, HOUR_MS);
    expect(hour?.histogram.count).toBe(180);
    expect(Math.abs((quantile(hour!.histogram, 0.95) ?? 0) / 190 - 1)).toBeLessThan(0.02);
  });

  it('survive one value that no histogram takes', () => {
    const store = stores.open();
    append(store, ok(T0, -1), ok(T0 + 1, 5));
    maintainFully(store, T0 + 3 * HOUR_MS);
    expect(totals(store.samples.buckets(SERIES, ALWAYS, HOUR_MS))).toMatchObject({ ok: 2, values: 1 });
  });

  it('of hours whose minutes are gone say that they are hours', () => {
    const store = stores.open({ minuteBucketsMs: DAY_MS });
    append(store, ok(T0 + 5 * MINUTE_MS, 1), ok(T0 + 25 * MINUTE_MS, 2));
    maintainFully(store, T0 + 2 * DAY_MS);
    const buckets = store.samples.buckets(SERIES, ALWAYS, 10 * MINUTE_MS);
    expect(buckets).toMatchObject([{ startMs: T0, bucketMs: HOUR_MS, ok: 2 }]);
  });
});

const sampleArbitrary = fc.record({
  atMs: fc.integer({ min: T0, max: T0 + 5 * HOUR_MS - 1 }),
  outcome: fc.constantFrom('ok' as const, 'failed' as const, 'suspect' as const),
  // Quarters add up exactly, in any order.
  value: fc.option(fc.integer({ min: 0, max: 40_000 }).map((quarters) => quarters / 4)),
  coversMs: fc.constantFrom(0, 20_000),
});

describe('rolling up', () => {
  it('changes no bucket, whenever it happens and whatever comes late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(sampleArbitrary, { maxLength: 12 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 6, maxLength: 6 }),
        fc.constantFrom(MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS),
        fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 })),
        (batches, hours, bucketMs, edges) => {
          const untouched = stores.open();
          const rolled = stores.open();
          batches.forEach((batch, index) => {
            const samples = batch.map((sample) =>
              sample.outcome === 'failed'
                ? { ...sample, cause: sample.coversMs === 0 ? 'reset' : 'timeout' }
                : sample,
            );
            append(untouched, ...samples);
            append(rolled, ...samples);
            // The clock of maintenance jumps about, as one that is set does.
            maintainFully(rolled, T0 + (hours[index] ?? 0) * HOUR_MS);
          });
          const range = {
            fromMs: T0 + Math.min(...edges) * MINUTE_MS,
            toMs: T0 + Math.max(...edges) * MINUTE_MS,
          };
          const buckets = untouched.samples.buckets(SERIES, range, bucketMs);
          expect(rolled.samples.buckets(SERIES, range, bucketMs)).toEqual(buckets);
          expect(rolled.samples.outcomes(SERIES, range, bucketMs)).toEqual(outcomesIn(buckets));
          expect(rolled.samples.raw(SERIES, ALWAYS)).toEqual(untouched.samples.raw(SERIES, ALWAYS));
          stores.removeAll();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does a bounded share per call and says that more is left', () => {
    const store = stores.open();
    const samples = Array.from({ length: 13_000 }, (_, index) => ok(T0 + index * 100, 5));
    append(store, ...samples);
    const first = store.maintain(T0 + 5 * HOUR_MS);
    expect(first).toMatchObject({ samplesRolledUp: 12_000, more: true });
    expect(store.maintain(T0 + 5 * HOUR_MS)).toMatchObject({ samplesRolledUp: 1_000, more: false });
    expect(totals(store.samples.buckets(SERIES, ALWAYS, HOUR_MS)).ok).toBe(13_000);
  });

  it('counts samples from a clock that ran an hour ahead, and those after it was set back, once each', () => {
    const store = stores.open();
    const ahead = T0 + HOUR_MS;
    append(store, ok(ahead + 10 * MINUTE_MS, 5));
    maintainFully(store, ahead + 70 * MINUTE_MS);
    append(store, ok(T0 + 20 * MINUTE_MS, 6), ok(ahead + 10 * MINUTE_MS, 7));
    maintainFully(store, T0 + 30 * MINUTE_MS);
    maintainFully(store, T0 + 5 * HOUR_MS);
    expect(
      store.samples.buckets(SERIES, ALWAYS, HOUR_MS).map(({ startMs, ok: count }) => [startMs, count]),
    ).toEqual([
      [T0, 1],
      [ahead, 2],
    ]);
  });
});

describe('retention', () => {
  it('drops raw samples, then minutes, then hours; totals stay until the hours go', () => {
    const store = stores.open({
      samplesMs: 2 * DAY_MS,
      minuteBucketsMs: 14 * DAY_MS,
      hourBucketsMs: 400 * DAY_MS,
    });
    append(store, ok(T0, 1), ok(T0 + 30 * MINUTE_MS, 2), {
      atMs: T0 + HOUR_MS,
      outcome: 'failed',
      value: null,
      cause: 'refused',
      coversMs: 20_000,
    });
    const expected = {
      ok: 2,
      failed: 1,
      values: 2,
      okCoverMs: 40_000,
      failedCoverMs: 20_000,
      causes: { refused: 1 },
    };

    maintainFully(store, T0 + DAY_MS);
    expect(store.samples.raw(SERIES, ALWAYS)).toHaveLength(3);
    expect(store.maintain(T0 + 3 * DAY_MS)).toMatchObject({ samplesDeleted: 3, bucketsDeleted: 0 });
    expect(store.samples.raw(SERIES, ALWAYS)).toEqual([]);
    expect(totals(store.samples.buckets(SERIES, ALWAYS, MINUTE_MS))).toMatchObject(expected);
    expect(store.maintain(T0 + 15 * DAY_MS)).toMatchObject({ samplesDeleted: 0, bucketsDeleted: 3 });
    expect(totals(store.samples.buckets(SERIES, ALWAYS, MINUTE_MS))).toMatchObject(expected);
    expect(totals(store.samples.buckets(SERIES, ALWAYS, DAY_MS))).toMatchObject(expected);
    expect(store.maintain(T0 + 402 * DAY_MS)).toMatchObject({ bucketsDeleted: 2 });
    expect(store.samples.buckets(SERIES, ALWAYS, HOUR_MS)).toEqual([]);
  });

  it('adds a sample that is older than the minutes to its hour', () => {
    const store = stores.open({ samplesMs: DAY_MS, minuteBucketsMs: 2 * DAY_MS });
    append(store, ok(T0, 1));
    maintainFully(store, T0 + 5 * DAY_MS);
    append(store, ok(T0 + MINUTE_MS, 2));
    maintainFully(store, T0 + 6 * DAY_MS);
    expect(store.samples.buckets(SERIES, ALWAYS, MINUTE_MS)).toMatchObject([
      { startMs: T0, bucketMs: HOUR_MS, ok: 2, histogram: { count: 2, sum: 3 } },
    ]);
  });
});

describe('gaps', () => {
  it('are kept once each and found wherever they overlap', () => {
    const store = stores.open();
    const stopped = { fromMs: T0, toMs: T0 + 90_000, reason: 'process-stopped', detail: 'SIGSTOP' } as const;
    const setBack = { fromMs: T0 + HOUR_MS, toMs: T0, reason: 'clock-stepped' } as const;
    store.samples.gap(stopped);
    store.samples.gap(stopped);
    store.samples.gap(setBack);
    expect(store.samples.gaps({ fromMs: T0 + 60_000, toMs: T0 + 61_000 })).toEqual([stopped, setBack]);
    expect(store.samples.gaps({ fromMs: T0 + 2 * MINUTE_MS, toMs: T0 + 3 * MINUTE_MS })).toEqual([setBack]);
    expect(store.samples.gaps({ fromMs: T0 - 10, toMs: T0 })).toEqual([]);
  });
});
