import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startWriter } from '../../bench/lib/store-processes.ts';
import { findingDraft, SERIES_PER_WRITER, writerSeries } from '../../bench/lib/store-work.ts';
import { connect } from './connection.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';
import { DEFAULT_RETENTION, temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const T0 = 1_780_000_000_000;
const ALWAYS = { fromMs: 0, toMs: T0 * 2 };

/** How many batches are there whole, and as an unbroken sequence, in every series of a writer. */
function wholeBatches(store: Store, writer: string): number {
  const counts = Array.from({ length: SERIES_PER_WRITER }, (_, index) => {
    const values = store.samples.raw(writerSeries(writer, index), ALWAYS).map((sample) => sample.value);
    expect(values).toEqual(values.map((_, number) => number));
    return values.length;
  });
  expect(new Set(counts).size).toBe(1);
  return counts[0] ?? 0;
}

function expectIntact(path: string): void {
  const connection = connect(path);
  expect(connection.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
  connection.close();
}

describe('several processes', () => {
  it('make one store together and all write to it without an error', async () => {
    const path = join(stores.folder(), '.rearguard', 'store.db');
    const writers = ['one', 'two', 'three'];
    const outcomes = await Promise.all(
      writers.map((writer) => startWriter({ path, writer, batches: 60, startMs: T0 }).finished),
    );
    expect(outcomes).toEqual(
      writers.map(() => ({ acknowledged: 60, exitCode: 0, signal: null, stderr: '' })),
    );
    const store = openStore({ path, retention: DEFAULT_RETENTION });
    for (const writer of writers) {
      expect(wholeBatches(store, writer)).toBe(60);
      expect(store.findings.get(findingDraft(writer).id)?.state).toBe('ongoing');
    }
    store.close();
    expectIntact(path);
  });
});

describe('a process that is killed while it writes', () => {
  it('loses nothing it had acknowledged, and its findings keep their ids', async () => {
    const path = join(stores.folder(), '.rearguard', 'store.db');
    for (const [round, batches] of [3, 11, 24].entries()) {
      const name = `writer-${round}`;
      const writer = startWriter({ path, writer: name, batches: 1_000_000, startMs: T0 });
      writer.killAfter(batches);
      const outcome = await writer.finished;
      expect(outcome).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      const store = openStore({ path, retention: DEFAULT_RETENTION });
      const kept = wholeBatches(store, name);
      // The one that was under way may be there as well, whole.
      expect(kept - outcome.acknowledged).toBeGreaterThanOrEqual(0);
      expect(kept - outcome.acknowledged).toBeLessThanOrEqual(1);
      expect(store.findings.list().map(({ id }) => id)).toContain(findingDraft(name).id);
      expect(store.findings.list()).toHaveLength(round + 1);
      store.close();
      expectIntact(path);
    }
  });
});
