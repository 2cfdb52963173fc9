import { groupBy } from '../core/group-by.ts';
import { addSample, bucketsBy, MINUTE_MS, mergeBucket } from './bucket.ts';
import type { Connection } from './connection.ts';
import { createGapStore } from './events.ts';
import { createRollups } from './rollup.ts';
import { createSampleRows } from './sample-rows.ts';
import { createSeriesCatalogue } from './series.ts';
import type { SampleStore } from './store.ts';

/**
 * A sample counts where it lies: before the series' `rolled_until_ms` in the rollups, from there on in the raw rows. So it is
 * counted once whenever it comes; one that comes late, or from a clock that was set back, is added to the rollups at once.
 */
export function createSampleStore(connection: Connection): SampleStore {
  const catalogue = createSeriesCatalogue(connection);
  const rows = createSampleRows(connection);
  const rollups = createRollups(connection);

  return {
    append(batch) {
      connection.transaction(() => {
        for (const { series: key, samples } of batch) {
          const series = catalogue.register(key);
          rows.insert(series.id, samples);
          const late = samples.filter((sample) => sample.atMs < series.rolled_until_ms);
          if (late.length > 0) rollups.add(series, late);
        }
      });
    },

    raw(key, range, limit) {
      const series = catalogue.find(key);
      return series === undefined ? [] : rows.read(series.id, range, limit);
    },

    series: (metric, attributes = {}) => catalogue.list(metric, attributes),

    buckets(key, range, bucketMs) {
      if (!(bucketMs > 0 && bucketMs % MINUTE_MS === 0)) {
        throw new RangeError(`Not a whole number of minutes: ${bucketMs} ms`);
      }
      // One snapshot: between two reads another process could roll samples up, and they would count twice or not at all.
      return connection.snapshot(() => {
        const series = catalogue.find(key);
        if (series === undefined) return [];
        const buckets = bucketsBy(bucketMs);
        for (const part of rollups.read(series, range, bucketMs)) {
          const bucket = buckets.at(part.startMs);
          bucket.bucketMs = Math.max(bucket.bucketMs, part.bucketMs);
          mergeBucket(bucket, part);
        }
        const rawRange = { fromMs: Math.max(range.fromMs, series.rolled_until_ms), toMs: range.toMs };
        for (const sample of rows.readForBuckets(series.id, rawRange)) {
          addSample(buckets.at(sample.atMs), sample);
        }
        return buckets.inOrder();
      });
    },

    outcomes(key, range, bucketMs) {
      return connection.snapshot(() => {
        const series = catalogue.find(key);
        if (series === undefined) return [];
        const rawRange = { fromMs: Math.max(range.fromMs, series.rolled_until_ms), toMs: range.toMs };
        const parts = [
          ...rollups.countOutcomes(series, range, bucketMs),
          ...rows.countOutcomes(series.id, rawRange, bucketMs),
        ];
        return [...groupBy(parts, ({ start_ms }) => start_ms)]
          .map(([startMs, group]) => ({
            startMs,
            bucketMs,
            good: group.reduce((sum, { good }) => sum + good, 0),
            bad: group.reduce((sum, { bad }) => sum + bad, 0),
          }))
          .filter(({ good, bad }) => good + bad > 0)
          .toSorted((a, b) => a.startMs - b.startMs);
      });
    },

    ...createGapStore(connection),
  };
}
