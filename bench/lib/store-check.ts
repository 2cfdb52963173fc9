import type { Store } from '../../src/store/store.ts';
import { connect } from '../../src/store/connection.ts';
import { SERIES_PER_WRITER, writerSeries } from './store-work.ts';

const ALWAYS = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

/** How many batches of a writer are there; null when one is there in part, or out of order. */
export function wholeBatches(store: Store, writer: string): number | null {
  const perSeries = Array.from({ length: SERIES_PER_WRITER }, (_, index) =>
    store.samples.raw(writerSeries(writer, index), ALWAYS).map((sample) => sample.value),
  );
  const count = perSeries[0]?.length ?? 0;
  const whole = perSeries.every(
    (values) => values.length === count && values.every((value, number) => value === number),
  );
  return whole ? count : null;
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
