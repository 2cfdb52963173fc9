import Database from 'libsql';
import type { Sample, SeriesKey } from '../../src/core/metric.ts';
import type { Store } from '../../src/store/store.ts';
import { writerSeries } from './store-work.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const INTERVAL_MS = 20_000;
/** An hour's start. */
const T0 = 1_780_000_000_000 - (1_780_000_000_000 % HOUR_MS);
const BATCH = 100;

function sample(atMs: number, value: number): Sample {
  return {
    atMs,
    outcome: 'ok',
    value,
    coversMs: INTERVAL_MS,
    detail: {
      queue: 0.02,
      dns: 0.31,
      tcp: 0.44,
      tls: null,
      request: 0.05,
      ttfb: value - 1,
      transfer: 0.18,
      status: 200,
    },
  };
}

/** Skewed as latencies are, from 8 ms to about a second. */
function latency(random: () => number): number {
  return Math.round(8_000 / (1 - 0.99 * random())) / 1_000;
}

function seriesList(count: number): SeriesKey[] {
  return Array.from({ length: count }, (_, index) => writerSeries('cost', index));
}

/** Processor time of this process per sample for one hour of monitoring, rolling up included; microseconds. */
export function cpuPerSample(
  store: Store,
  seriesCount: number,
  random: () => number,
): { us: number; samples: number } {
  const series = seriesList(seriesCount);
  const perSeries = HOUR_MS / INTERVAL_MS;
  const before = process.cpuUsage();
  for (let slot = 0; slot < perSeries; slot += 1) {
    for (let from = 0; from < series.length; from += BATCH) {
      const atMs = T0 + slot * INTERVAL_MS + from;
      store.samples.append(
        series
          .slice(from, from + BATCH)
          .map((key) => ({ series: key, samples: [sample(atMs, latency(random))] })),
      );
    }
  }
  while (store.maintain(T0 + HOUR_MS + 10 * 60_000).more);
  const used = process.cpuUsage(before);
  const samples = perSeries * seriesCount;
  return { us: (used.user + used.system) / samples, samples };
}

/** Fills seven days of a number of series, as maintenance would have left them. */
export function fillWeek(store: Store, seriesCount: number, random: () => number): void {
  const series = seriesList(seriesCount);
  for (let hourMs = T0; hourMs < T0 + 7 * DAY_MS; hourMs += HOUR_MS) {
    store.samples.append(
      series.map((key) => ({
        series: key,
        samples: Array.from({ length: HOUR_MS / INTERVAL_MS }, (_, slot) =>
          sample(hourMs + slot * INTERVAL_MS, latency(random)),
        ),
      })),
    );
    while (store.maintain(hourMs + HOUR_MS / 2).more);
  }
}

/** Processor milliseconds to read a filled week of one series in buckets of a width. */
export function readWeek(store: Store, seriesCount: number, bucketMs: number): number {
  const range = { fromMs: T0, toMs: T0 + 7 * DAY_MS };
  const before = process.cpuUsage();
  for (const key of seriesList(seriesCount)) store.samples.buckets(key, range, bucketMs);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000 / seriesCount;
}

export interface InsertRates {
  storePerSecond: number;
  plainPerSecond: number;
}

/**
 * Samples per second through the store, and as plain prepared inserts of the same rows with the same durability, in the
 * same transactions of 100; by turns, so that a busy machine slows both.
 */
export function insertRates(store: Store, plainPath: string, rounds: number): InsertRates {
  const db = new Database(plainPath);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec(`PRAGMA synchronous = FULL; CREATE TABLE samples (
    series_id INTEGER, at_ms INTEGER, sequence INTEGER, outcome INTEGER, value REAL, covers_ms INTEGER, detail TEXT,
    PRIMARY KEY (series_id, at_ms, sequence)) WITHOUT ROWID`);
  const insert = db.prepare('INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)');
  const series = seriesList(BATCH);
  let storeMs = 0;
  let plainMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const atMs = T0 + round * 1_000;
    const one = sample(atMs, 12.5);
    storeMs += timed(() => store.samples.append(series.map((key) => ({ series: key, samples: [one] }))));
    plainMs += timed(() => {
      db.exec('BEGIN IMMEDIATE');
      for (let id = 0; id < BATCH; id += 1) {
        insert.run([
          id,
          one.atMs,
          0,
          0,
          one.value,
          one.coversMs,
          JSON.stringify(Object.values(one.detail ?? {})),
        ]);
      }
      db.exec('COMMIT');
    });
  }
  db.close();
  const samples = rounds * BATCH;
  return { storePerSecond: (samples / storeMs) * 1_000, plainPerSecond: (samples / plainMs) * 1_000 };
}

function timed(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}
