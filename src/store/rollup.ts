import { deserialiseHistogram, emptyHistogram, serialiseHistogram } from '../core/histogram.ts';
import {
  addSample,
  type BucketSample,
  bucketsBy,
  bucketStart,
  HOUR_MS,
  mergeBucket,
  MINUTE_MS,
  type OpenBucket,
} from './bucket.ts';
import type { Connection } from './connection.ts';
import type { OutcomeCount } from './sample-rows.ts';
import type { SeriesRow } from './series.ts';
import type { SampleBucket, TimeRange } from './store.ts';

interface RollupRow {
  width_ms: number;
  start_ms: number;
  ok: number;
  failed: number;
  suspect: number;
  ok_scheduled: number;
  failed_scheduled: number;
  ok_cover_ms: number;
  failed_cover_ms: number;
  causes: string | null;
  histogram: ArrayBuffer | null;
}

/**
 * Aggregates per minute and per hour. Both widths count every sample before the series' `rolled_until_ms`, each once;
 * minutes go first, hours stay.
 */
export interface Rollups {
  /** Adds samples to the aggregates; to be called inside the transaction that makes them belong there. */
  add(series: SeriesRow, samples: readonly BucketSample[]): void;
  /** The fewest rows that make up buckets of this width over the range. */
  read(series: SeriesRow, range: TimeRange, bucketMs: number): SampleBucket[];
  /** The same as good and bad scheduled probes. */
  countOutcomes(series: SeriesRow, range: TimeRange, bucketMs: number): OutcomeCount[];
  deleteBefore(seriesId: number, widthMs: number, beforeMs: number): number;
  /** Start of the row that follows the first `count`. */
  startAfter(seriesId: number, widthMs: number, beforeMs: number, count: number): number | undefined;
}

export function createRollups(connection: Connection): Rollups {
  const columns = `width_ms, start_ms, ok, failed, suspect, ok_scheduled, failed_scheduled, ok_cover_ms, failed_cover_ms,
    causes, histogram`;
  const selectOne = connection.prepare<RollupRow>(
    `SELECT ${columns} FROM rollups WHERE series_id = ? AND width_ms = ? AND start_ms = ?`,
  );
  const selectRange = connection.prepare<RollupRow>(
    `SELECT ${columns} FROM rollups WHERE series_id = ? AND width_ms = ? AND start_ms >= ? AND start_ms < ?`,
  );
  const countRange = connection.prepare<OutcomeCount>(`
    SELECT start_ms - start_ms % CAST(?1 AS INTEGER) AS start_ms, sum(ok_scheduled) AS good, sum(failed_scheduled) AS bad FROM rollups
    WHERE series_id = ?2 AND width_ms = ?3 AND start_ms >= ?4 AND start_ms < ?5 GROUP BY 1`);
  const upsert = connection.prepare(
    `INSERT OR REPLACE INTO rollups (series_id, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = connection.prepare(
    'DELETE FROM rollups WHERE series_id = ? AND width_ms = ? AND start_ms < ?',
  );
  const selectStart = connection.prepare<{ start_ms: number }>(`
    SELECT start_ms FROM rollups WHERE series_id = ? AND width_ms = ? AND start_ms < ?
    ORDER BY start_ms LIMIT 1 OFFSET ?`);

  function addTo(seriesId: number, bucket: OpenBucket): void {
    const stored = selectOne.get(seriesId, bucket.bucketMs, bucket.startMs);
    if (stored !== undefined) mergeBucket(bucket, toBucket(stored));
    upsert.run(
      seriesId,
      bucket.bucketMs,
      bucket.startMs,
      bucket.ok,
      bucket.failed,
      bucket.suspect,
      bucket.okScheduled,
      bucket.failedScheduled,
      bucket.okCoverMs,
      bucket.failedCoverMs,
      Object.keys(bucket.causes).length === 0 ? null : JSON.stringify(bucket.causes),
      bucket.histogram.count === 0 ? null : serialiseHistogram(bucket.histogram),
    );
  }

  return {
    add(series, samples) {
      const minutes = bucketsBy(MINUTE_MS);
      const hours = bucketsBy(HOUR_MS);
      for (const sample of samples) {
        addSample(hours.at(sample.atMs), sample);
        if (sample.atMs >= series.minutes_from_ms) addSample(minutes.at(sample.atMs), sample);
      }
      for (const bucket of [...minutes.inOrder(), ...hours.inOrder()]) addTo(series.id, bucket);
    },

    read(series, range, bucketMs) {
      return plan(range, bucketMs, series.minutes_from_ms).flatMap(({ widthMs, fromMs, toMs }) =>
        selectRange.all(series.id, widthMs, fromMs, toMs).map(toBucket),
      );
    },

    countOutcomes(series, range, bucketMs) {
      return plan(range, bucketMs, series.minutes_from_ms).flatMap(({ widthMs, fromMs, toMs }) =>
        countRange.all(bucketMs, series.id, widthMs, fromMs, toMs),
      );
    },

    deleteBefore: (seriesId, widthMs, beforeMs) => remove.run(seriesId, widthMs, beforeMs),
    startAfter: (seriesId, widthMs, beforeMs, count) =>
      selectStart.get(seriesId, widthMs, beforeMs, count)?.start_ms,
  };
}

/**
 * Which rows cover a range, each time once: hours inside whole-hour buckets, minutes at a range's ragged edges and for
 * finer buckets, and hours alone where minutes are past their retention.
 */
function plan(
  range: TimeRange,
  bucketMs: number,
  minutesFromMs: number,
): (TimeRange & { widthMs: number })[] {
  const { fromMs, toMs } = range;
  const oldToMs = Math.min(toMs, minutesFromMs);
  const recentFromMs = Math.max(fromMs, minutesFromMs);
  const wholeFromMs = bucketMs % HOUR_MS === 0 ? Math.ceil(recentFromMs / HOUR_MS) * HOUR_MS : toMs;
  const wholeToMs = Math.max(wholeFromMs, bucketStart(toMs, HOUR_MS));
  return [
    { widthMs: HOUR_MS, fromMs, toMs: oldToMs },
    { widthMs: MINUTE_MS, fromMs: recentFromMs, toMs: Math.min(wholeFromMs, toMs) },
    { widthMs: HOUR_MS, fromMs: wholeFromMs, toMs: wholeToMs },
    { widthMs: MINUTE_MS, fromMs: wholeToMs, toMs },
  ].filter((part) => part.fromMs < part.toMs);
}

function toBucket(row: RollupRow): SampleBucket {
  return {
    startMs: row.start_ms,
    bucketMs: row.width_ms,
    histogram:
      row.histogram === null ? emptyHistogram() : deserialiseHistogram(new Uint8Array(row.histogram)),
    ok: row.ok,
    failed: row.failed,
    suspect: row.suspect,
    okScheduled: row.ok_scheduled,
    failedScheduled: row.failed_scheduled,
    okCoverMs: row.ok_cover_ms,
    failedCoverMs: row.failed_cover_ms,
    causes: row.causes === null ? {} : (JSON.parse(row.causes) as Record<string, number>),
  };
}
