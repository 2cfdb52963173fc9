import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type OpenStoreOptions } from './open.ts';
import type { Retention, Store } from './store.ts';

const DAY_MS = 86_400_000;

export const DEFAULT_RETENTION: Retention = {
  samplesMs: 2 * DAY_MS,
  minuteBucketsMs: 14 * DAY_MS,
  hourBucketsMs: 400 * DAY_MS,
  runsMs: 90 * DAY_MS,
};

/** Real stores in folders of their own, for tests and benchmarks. */
export function temporaryStores(): {
  folder(): string;
  open(retention?: Partial<Retention>, clock?: OpenStoreOptions['clock']): Store;
  /** Closes and deletes everything made so far. */
  removeAll(): void;
} {
  const folders: string[] = [];
  const opened: Store[] = [];

  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'rearguard-store-'));
    folders.push(path);
    return path;
  }

  return {
    folder,
    open(retention = {}, clock) {
      const store = openStore({
        path: join(folder(), '.rearguard', 'store.db'),
        retention: { ...DEFAULT_RETENTION, ...retention },
        ...(clock === undefined ? {} : { clock }),
      });
      opened.push(store);
      return store;
    },
    removeAll() {
      for (const store of opened.splice(0)) store.close();
      for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
    },
  };
}
