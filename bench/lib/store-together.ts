import { openStore } from '../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../src/store/store-fixture.ts';
import { wholeBatches } from './store-check.ts';
import { startWriter } from './store-processes.ts';

export interface TogetherOutcome {
  processes: number;
  /** Processes that failed, or wrote anything to stderr. */
  errors: number;
  acknowledged: number;
  lost: number;
}

const T0 = 1_780_000_000_000;

/** Several processes make one store and write to it at the same time. */
export async function writeTogether(
  path: string,
  processes: number,
  batches: number,
): Promise<TogetherOutcome> {
  const names = Array.from({ length: processes }, (_, index) => `process-${index}`);
  const outcomes = await Promise.all(
    names.map((writer) => startWriter({ path, writer, batches, startMs: T0 }).finished),
  );
  const store = openStore({ path, retention: DEFAULT_RETENTION });
  const kept = names.map((name) => wholeBatches(store, name) ?? 0);
  store.close();
  return {
    processes,
    errors: outcomes.filter(({ exitCode, stderr }) => exitCode !== 0 || stderr !== '').length,
    acknowledged: outcomes.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    lost: outcomes.reduce(
      (sum, { acknowledged }, index) => sum + Math.max(0, acknowledged - (kept[index] ?? 0)),
      0,
    ),
  };
}
