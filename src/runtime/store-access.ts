import { RearguardError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import { createForgetfulStore } from './forgetful-store.ts';

export interface StoreAccess {
  store: Store;
  /** The first failure to open or write; what was measured is worth showing all the same. */
  failure: () => RearguardError | undefined;
}

/**
 * A store for one run. What it cannot write is lost and remembered as a failure instead of ending the
 * run; reading still throws, because a conclusion from a history that is not there would be wrong.
 */
export function accessStore(open: () => Store): StoreAccess {
  const forgetful = createForgetfulStore();
  let failure: RearguardError | undefined;

  function attempt<Result>(work: () => Result, instead: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      if (!isStoreFailure(thrown)) throw thrown;
      failure ??= thrown;
      return instead();
    }
  }

  const real = attempt(open, () => forgetful);
  const store: Store = {
    ...real,
    findings: {
      ...real.findings,
      apply: (run) =>
        attempt(
          () => real.findings.apply(run),
          () => forgetful.findings.apply(run),
        ),
    },
    samples: {
      ...real.samples,
      append: (batch) => attempt(() => real.samples.append(batch), nothing),
      gap: (gap) => attempt(() => real.samples.gap(gap), nothing),
    },
    runs: { ...real.runs, record: (report) => attempt(() => real.runs.record(report), nothing) },
    baselines: {
      ...real.baselines,
      save: (baseline) => attempt(() => real.baselines.save(baseline), nothing),
    },
    errorLog: {
      ...real.errorLog,
      fold: (fold) =>
        attempt(
          () => real.errorLog.fold(fold),
          () => forgetful.errorLog.fold(fold),
        ),
      // What could not be written is still part of this run's window; segments of one hour merge.
      segments: (range) =>
        real === forgetful
          ? forgetful.errorLog.segments(range)
          : [...real.errorLog.segments(range), ...forgetful.errorLog.segments(range)],
      mark: (id, mark) =>
        attempt(
          () => real.errorLog.mark(id, mark),
          () => false,
        ),
    },
    events: { ...real.events, add: (event) => attempt(() => real.events.add(event), nothing) },
    maintain: (nowMs) =>
      attempt(
        () => real.maintain(nowMs),
        () => forgetful.maintain(nowMs),
      ),
  };
  return { store, failure: () => failure };
}

function isStoreFailure(thrown: unknown): thrown is RearguardError {
  return thrown instanceof RearguardError && thrown.code.startsWith('E_STORE_');
}

function nothing(): void {
  // The failure is remembered; there is nothing else to do.
}
