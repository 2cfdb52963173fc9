import type { Clock } from '../clock.ts';
import { Cancelled } from './deadline.ts';
import { createStopper, onStop, type StopSignal } from './stop-signal.ts';
import type { PlanBase, ProbeResult } from './types.ts';

/** Between tries that fail at once: a process that is replaced listens again within that. */
const PAUSE_MS = 250;
/** Of the time left: a try that is silent for so long is doubted, and the others start beside it. */
const DOUBT_SHARE = 0.5;
const SILENT = 'another connection was silent at that time';

export type Attempt = (limit: {
  timeoutMs: number;
  signal: StopSignal;
  isFirst: boolean;
}) => Promise<ProbeResult>;

interface Tries {
  clock: Clock;
  /** How many more are allowed beside the first. */
  confirmations: number;
  /** Of the plan's deadline. */
  leftMs: () => number;
  start: (isFirst: boolean) => Promise<ProbeResult>;
}

/**
 * A failure that counts: the first try and `confirmations` more, each on a fresh connection, all failed within the one
 * deadline of the plan. A try that succeeds makes the probe a success that says what it is the retry of. This way
 * "down" is certain when the deadline ends, and not some intervals later.
 */
export async function probeConfirmed(
  plan: PlanBase,
  options: { clock: Clock; signal?: StopSignal | undefined; startMs: number },
  attempt: Attempt,
): Promise<ProbeResult> {
  const { clock, signal } = options;
  const everything = createStopper();
  const cancel = (): void => everything.stop(new Cancelled('cancelled'));
  if (signal?.aborted === true) cancel();
  else if (signal) onStop(signal, cancel);
  const leftMs = (): number => Math.max(1, options.startMs + plan.timeoutMs - clock.monotonicMs());
  try {
    return await untilCertain({
      clock,
      confirmations: plan.confirmations ?? 0,
      leftMs,
      // The first counts from its slot, and so does its deadline.
      start: (isFirst) =>
        attempt({ timeoutMs: isFirst ? plan.timeoutMs : leftMs(), signal: everything.signal, isFirst }),
    });
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

/** One after another while they fail at once; all that remain at the same time once one is silent. */
async function untilCertain({ clock, confirmations, leftMs, start }: Tries): Promise<ProbeResult> {
  let failed: ProbeResult | undefined;
  for (let attempts = 1; ; attempts += 1) {
    const running = start(failed === undefined);
    const result = await withinTime(running, clock, leftMs() * DOUBT_SHARE);
    if (result === null) {
      const others = Array.from({ length: confirmations + 1 - attempts }, () => start(false));
      return { ...(await together(failed, running, others)), attempts: confirmations + 1 };
    }
    if (result.cold.success) return { ...result, ...retryOf(failed), attempts };
    if (isFinal(result)) return { ...result, attempts };
    failed ??= result;
    if (attempts > confirmations) return { ...failed, attempts };
    await clock.sleep(Math.min(PAUSE_MS, leftMs() * DOUBT_SHARE));
  }
}

/** The result, or null when it is not there in time. */
async function withinTime(
  result: Promise<ProbeResult>,
  clock: Clock,
  ms: number,
): Promise<ProbeResult | null> {
  let callOff = (): void => undefined;
  const late = new Promise<null>((resolve) => {
    callOff = clock.after(ms, () => resolve(null));
  });
  return Promise.race([result, late]).finally(() => callOff());
}

/** Nothing that another try could change. */
function isFinal({ cold }: ProbeResult): boolean {
  return cold.cause === 'cancelled' || cold.cause === 'target-refused';
}

/** Beside a try that is silent; whoever is answered first decides. `failed` is what failed before them. */
async function together(
  failed: ProbeResult | undefined,
  silent: Promise<ProbeResult>,
  others: readonly Promise<ProbeResult>[],
): Promise<ProbeResult> {
  const winner = await firstSuccess([silent, ...others]);
  if (winner === null) return failed ?? silent;
  if (failed !== undefined || winner.index === 0) return { ...winner.result, ...retryOf(failed) };
  return { ...winner.result, retryOf: { cause: 'no-response', message: SILENT } };
}

/** null when all of them fail. */
function firstSuccess(
  running: readonly Promise<ProbeResult>[],
): Promise<{ result: ProbeResult; index: number } | null> {
  return new Promise((resolve, reject) => {
    let open = running.length;
    for (const [index, one] of running.entries()) {
      one.then((result) => {
        open -= 1;
        if (result.cold.success) resolve({ result, index });
        else if (open === 0) resolve(null);
      }, reject);
    }
  });
}

/** What a success is the retry of; nothing for a first try, which may have had a retry of its own. */
function retryOf(failed: ProbeResult | undefined): Pick<ProbeResult, 'retryOf'> {
  if (failed === undefined) return {};
  const { cause, message } = failed.cold;
  return { retryOf: { cause: cause ?? 'cancelled', message: message ?? '' } };
}
