import type { Store } from '../../src/store/store.ts';
import { connect } from '../../src/store/connection.ts';
import { SERIES_PER_WRITER, writerSeries } from './store-work.ts';

const ALWAYS = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

/** How many batches of a writer are there; null when one is there in part, out of order, or not once in the aggregates. */
export function wholeBatches(store: Store, writer: string): number | null {
  const allSeries = Array.from({ length: SERIES_PER_WRITER }, (_, index) => writerSeries(writer, index));
  const count = store.samples.raw(writerSeries(writer, 0), ALWAYS).length;
  const isWhole = allSeries.every((series) => {
    const values = store.samples.raw(series, ALWAYS).map((sample) => sample.value);
    const aggregated = store.samples.buckets(series, ALWAYS, 3_600_000);
    return (
      values.length === count &&
      values.every((value, number) => value === number) &&
      aggregated.reduce((sum, bucket) => sum + bucket.ok, 0) === count
    );
  });
  return isWhole ? count : null;
}

/** What SQLite itself thinks of the file; `ok`, or its first complaint. */
export function integrityOf(path: string): string {
  const connection = connect(path);
  try {
    const row = connection.prepare<{ integrity_check: string }>('PRAGMA integrity_check(1)').get();
    return row?.integrity_check ?? 'no answer';
  } finally {
    connection.close();
  }
}
