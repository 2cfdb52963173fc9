import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startWriter } from '../../bench/lib/store-processes.ts';
import { integrityOf, wholeBatches } from '../../bench/lib/store-check.ts';
import { findingDraft } from '../../bench/lib/store-work.ts';
import { openStore } from './open.ts';
import { DEFAULT_RETENTION, temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const T0 = 1_780_000_000_000;

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
    expect(integrityOf(path)).toBe('ok');
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
      const kept = wholeBatches(store, name) ?? Number.NaN;
      // The one that was under way may be there as well, whole.
      expect(kept - outcome.acknowledged).toBeGreaterThanOrEqual(0);
      expect(kept - outcome.acknowledged).toBeLessThanOrEqual(1);
      expect(store.findings.list().map(({ id }) => id)).toContain(findingDraft(name).id);
      expect(store.findings.list()).toHaveLength(round + 1);
      store.close();
      expect(integrityOf(path)).toBe('ok');
    }
  });
});
