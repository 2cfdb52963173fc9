import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toRearguardError } from '../../src/core/errors.ts';
import { systemProcesses } from '../../src/platform/processes.ts';
import { openStore } from '../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../src/store/store-fixture.ts';
import { integrityOf, wholeBatches } from './store-check.ts';
import { batchOf } from './store-work.ts';

export interface FullDiskOutcome {
  code: string;
  exitCode: number;
  message: string;
  acknowledged: number;
  /** Batches found after the store was opened again; null when one was there in part. */
  kept: number | null;
  integrity: string;
  writesAfterSpaceWasFreed: boolean;
}

const T0 = 1_780_000_000_000;
const WRITER = 'full-disk';
const DEADLINE_MS = 10_000;

/** Fills a small file system of its own with a store; null where none can be mounted (it takes root on Linux). */
export async function fillDisk(folder: string): Promise<FullDiskOutcome | null> {
  const mountPoint = join(folder, 'small-disk');
  mkdirSync(mountPoint);
  if (!(await succeeds('mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mountPoint))) return null;
  try {
    return await writeUntilFull(mountPoint);
  } finally {
    // Lazily: the engine keeps its files open until its statements are garbage collected.
    await succeeds('umount', '--lazy', mountPoint);
  }
}

async function writeUntilFull(mountPoint: string): Promise<FullDiskOutcome> {
  const path = join(mountPoint, '.rearguard', 'store.db');
  const store = openStore({ path, retention: DEFAULT_RETENTION });
  let acknowledged = 0;
  let thrown: unknown;
  while (thrown === undefined) {
    try {
      store.samples.append(batchOf(WRITER, acknowledged, T0 + acknowledged * 1_000));
      acknowledged += 1;
    } catch (error) {
      thrown = error;
    }
  }
  store.close();
  const { code, exitCode, message } = toRearguardError(thrown);

  const reopened = openStore({ path, retention: DEFAULT_RETENTION });
  const kept = wholeBatches(reopened, WRITER);
  await succeeds('mount', '-o', 'remount,size=32m', mountPoint);
  reopened.samples.append(batchOf(WRITER, acknowledged, T0 + acknowledged * 1_000));
  const writesAfterSpaceWasFreed = wholeBatches(reopened, WRITER) === acknowledged + 1;
  reopened.close();
  return {
    code,
    exitCode,
    message,
    acknowledged,
    kept,
    integrity: integrityOf(path),
    writesAfterSpaceWasFreed,
  };
}

async function succeeds(...argv: string[]): Promise<boolean> {
  try {
    return (await systemProcesses.run(argv, { timeoutMs: DEADLINE_MS })).exitCode === 0;
  } catch {
    return false;
  }
}
