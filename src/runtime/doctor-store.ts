import { stat } from 'node:fs/promises';
import { toRearguardError } from '../core/errors.ts';
import { formatSize } from '../core/size.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import type { Runtime } from './runtime.ts';

/** Larger than this, a first look at `store.retention` pays. */
const LARGE_BYTES = 2_000_000_000;

/** Opens the store and lets it do its own upkeep, which writes. */
export async function examineStore(
  path: string,
  runtime: Pick<Runtime, 'openStore' | 'clock'>,
): Promise<Examination> {
  const name = 'store';
  try {
    runtime.openStore().maintain(runtime.clock.wallMs());
    const files = await Promise.all(['', '-wal'].map((suffix) => sizeOf(`${path}${suffix}`)));
    const bytes = files.reduce((sum, size) => sum + size, 0);
    const detail = `${path}: writable, ${formatSize(bytes)}`;
    return bytes < LARGE_BYTES
      ? { name, result: 'ok', detail }
      : { name, result: 'warn', detail, hint: 'Shorten `store.retention` if that is too much.' };
  } catch (thrown) {
    return failedRow(name, toRearguardError(thrown));
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
