import type { Sample, SampleOutcome } from '../core/metric.ts';
import type { BucketSample } from './bucket.ts';
import type { Connection } from './connection.ts';
import type { TimeRange } from './store.ts';

/** Stored as the index; new outcomes go at the end. */
const OUTCOMES: readonly SampleOutcome[] = ['ok', 'failed', 'suspect'];

interface AggregateRow {
  at_ms: number;
  outcome: number;
  value: number | null;
  cause: string | null;
  covers_ms: number;
}

/** One bucket of a count; `start_ms` is its beginning. */
export interface OutcomeCount {
  start_ms: number;
  good: number;
  bad: number;
}

interface RawRow extends AggregateRow {
  names: string | null;
  detail: string | null;
}

/** The table of raw samples. */
export interface SampleRows {
  insert(seriesId: number, samples: readonly Sample[]): void;
  /** In time order; the newest `limit` of the range. */
  read(seriesId: number, range: TimeRange, limit?: number): Sample[];
  /** Without details, for aggregates. */
  readForBuckets(seriesId: number, range: TimeRange): BucketSample[];
  /** Scheduled ok and failed ones per bucket. */
  countOutcomes(seriesId: number, range: TimeRange, bucketMs: number): OutcomeCount[];
  /** Time of the sample that follows the first `count` of the range. */
  timeAfter(seriesId: number, range: TimeRange, count: number): number | undefined;
  /** Removes at most `limit` samples before a time; returns how many. */
  deleteBefore(seriesId: number, beforeMs: number, limit: number): number;
}

export function createSampleRows(connection: Connection): SampleRows {
  const insert = connection.prepare(`
    INSERT INTO samples (series_id, at_ms, sequence, outcome, value, cause, covers_ms, shape_id, detail)
    VALUES (?1, ?2, (SELECT coalesce(max(sequence) + 1, 0) FROM samples WHERE series_id = ?1 AND at_ms = ?2),
      ?3, ?4, ?5, ?6, ?7, ?8)`);
  const selectShape = connection.prepare<{ id: number }>('SELECT id FROM detail_shapes WHERE names = ?');
  const insertShape = connection.prepare<{ id: number }>(
    'INSERT INTO detail_shapes (names) VALUES (?) RETURNING id',
  );
  const selectRaw = connection.prepare<RawRow>(`
    SELECT at_ms, outcome, value, cause, covers_ms, names, detail
    FROM samples LEFT JOIN detail_shapes ON detail_shapes.id = shape_id
    WHERE series_id = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC, sequence DESC LIMIT ?`);
  const selectAggregate = connection.prepare<AggregateRow>(`
    SELECT at_ms, outcome, value, cause, covers_ms FROM samples
    WHERE series_id = ? AND at_ms >= ? AND at_ms < ?`);
  const countOutcomes = connection.prepare<OutcomeCount>(`
    SELECT at_ms - at_ms % CAST(?1 AS INTEGER) AS start_ms, sum(outcome = 0) AS good, sum(outcome = 1) AS bad FROM samples
    WHERE series_id = ?2 AND at_ms >= ?3 AND at_ms < ?4 AND covers_ms > 0 AND outcome < 2 GROUP BY 1`);
  const selectTime = connection.prepare<{ at_ms: number }>(`
    SELECT at_ms FROM samples WHERE series_id = ? AND at_ms >= ? AND at_ms < ?
    ORDER BY at_ms LIMIT 1 OFFSET ?`);
  const remove = connection.prepare(`
    DELETE FROM samples WHERE (series_id, at_ms, sequence) IN (
      SELECT series_id, at_ms, sequence FROM samples WHERE series_id = ? AND at_ms < ? ORDER BY at_ms LIMIT ?)`);

  function shapeId(names: string): number {
    const row = selectShape.get(names) ?? insertShape.get(names);
    if (row === undefined) throw new Error('an insert returned no row');
    return row.id;
  }

  return {
    insert(seriesId, samples) {
      let names = '';
      let shape: number | null = null;
      for (const { atMs, outcome, value, cause, coversMs, detail } of samples) {
        const sampleNames = detail === undefined ? '' : JSON.stringify(Object.keys(detail));
        if (sampleNames !== names) {
          names = sampleNames;
          shape = names === '' ? null : shapeId(names);
        }
        insert.run(
          seriesId,
          atMs,
          OUTCOMES.indexOf(outcome),
          value,
          cause ?? null,
          coversMs,
          shape,
          detail === undefined ? null : JSON.stringify(Object.values(detail)),
        );
      }
    },

    read(seriesId, { fromMs, toMs }, limit = -1) {
      return selectRaw.all(seriesId, fromMs, toMs, limit).map(toSample).toReversed();
    },

    readForBuckets(seriesId, { fromMs, toMs }) {
      return selectAggregate.all(seriesId, fromMs, toMs).map(toBucketSample);
    },

    countOutcomes: (seriesId, { fromMs, toMs }, bucketMs) =>
      countOutcomes.all(bucketMs, seriesId, fromMs, toMs),

    timeAfter(seriesId, { fromMs, toMs }, count) {
      return selectTime.get(seriesId, fromMs, toMs, count)?.at_ms;
    },

    deleteBefore(seriesId, beforeMs, limit) {
      return remove.run(seriesId, beforeMs, limit);
    },
  };
}

function toBucketSample({ at_ms, outcome, value, cause, covers_ms }: AggregateRow): BucketSample {
  return {
    atMs: at_ms,
    outcome: OUTCOMES[outcome] ?? 'suspect',
    value,
    coversMs: covers_ms,
    ...(cause === null ? {} : { cause }),
  };
}

function toSample(row: RawRow): Sample {
  const sample = toBucketSample(row);
  if (row.names === null || row.detail === null) return sample;
  const names = JSON.parse(row.names) as string[];
  const values = JSON.parse(row.detail) as (number | string | null)[];
  return { ...sample, detail: Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])) };
}
