import { toRearguardError, type RearguardError } from '../../core/errors.ts';
import type { Clock } from '../../platform/clock.ts';

/** Does the work now and then until the signal is aborted; a failure is told and ends nothing. */
export async function repeat(
  options: {
    everyMs: number;
    /** Default: at once. */
    firstAfterMs?: number;
    clock: Clock;
    signal: AbortSignal;
    onFailure: (error: RearguardError) => void;
  },
  work: () => void | Promise<void>,
): Promise<void> {
  const { clock, everyMs, firstAfterMs = 0, signal, onFailure } = options;
  for (let waitMs = firstAfterMs; ; waitMs = everyMs) {
    if (waitMs > 0) await pause(clock, waitMs, signal);
    if (signal.aborted) return;
    try {
      await work();
    } catch (thrown) {
      onFailure(toRearguardError(thrown));
    }
  }
}

/** Sleeps, or returns early when the signal is aborted. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

/** Resolves with the work or when the time is over, whichever comes first; never rejects. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  const quietly = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([quietly, pause(clock, ms, settled.signal)]);
  settled.abort();
}
