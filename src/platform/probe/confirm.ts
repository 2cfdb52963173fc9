import type { Clock } from '../clock.ts';
import { Cancelled } from './deadline.ts';
import { createStopper, onStop, type StopSignal } from './stop-signal.ts';
import type { PlanBase, ProbeResult } from './types.ts';

/** Between tries that fail at once: a process that is replaced listens again within that. */
const PAUSE_MS = 250;
/** Of the deadline: a first try that is silent for so long is doubted, and the others start beside it. */
const DOUBT_SHARE = 0.5;

export type Attempt = (limit: {
  timeoutMs: number;
  signal: StopSignal;
  isFirst: boolean;
}) => Promise<ProbeResult>;

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
  const { clock } = options;
  const confirmations = plan.confirmations ?? 0;
  const everything = createStopper();
  const cancel = (): void => everything.stop(new Cancelled('cancelled'));
  if (options.signal?.aborted === true) cancel();
  else if (options.signal) onStop(options.signal, cancel);
  const leftMs = (): number => options.startMs + plan.timeoutMs - clock.monotonicMs();
  const retry = (): Promise<ProbeResult> =>
    attempt({ timeoutMs: Math.max(1, leftMs()), signal: everything.signal, isFirst: false });

  try {
    const first = attempt({ timeoutMs: plan.timeoutMs, signal: everything.signal, isFirst: true });
    const early = await withinTime(first, clock, plan.timeoutMs * DOUBT_SHARE);
    if (early === null) return await besides(first, confirmations, retry);
    if (early.cold.success || isFinal(early)) return { ...early, attempts: 1 };
    return await afterwards(early, confirmations, clock, leftMs, retry);
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    cancel();
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

/** The first try is silent: the others run beside it, and whoever gets an answer first decides. */
async function besides(
  first: Promise<ProbeResult>,
  confirmations: number,
  retry: () => Promise<ProbeResult>,
): Promise<ProbeResult> {
  const attempts = confirmations + 1;
  const others = Array.from({ length: confirmations }, retry);
  const winner = await firstSuccess([first, ...others]);
  if (winner === null) return { ...(await first), attempts };
  const isFirst = (await Promise.race([first, null])) === winner;
  const silent = { cause: 'no-response', message: 'another connection was silent at that time' } as const;
  return isFirst ? { ...winner, attempts } : { ...winner, retryOf: silent, attempts };
}

/** null when all of them fail. */
function firstSuccess(all: readonly Promise<ProbeResult>[]): Promise<ProbeResult | null> {
  return new Promise((resolve, reject) => {
    let open = all.length;
    for (const one of all) {
      one.then((result) => {
        open -= 1;
        if (result.cold.success) resolve(result);
        else if (open === 0) resolve(null);
      }, reject);
    }
  });
}

/** The first try failed at once: the others follow, one after another. */
async function afterwards(
  first: ProbeResult,
  confirmations: number,
  clock: Clock,
  leftMs: () => number,
  retry: () => Promise<ProbeResult>,
): Promise<ProbeResult> {
  for (let tried = 1; tried <= confirmations; tried += 1) {
    await clock.sleep(Math.min(PAUSE_MS, Math.max(0, leftMs() / 2)));
    const again = await retry();
    if (again.cold.success) {
      const { cause, message } = first.cold;
      return {
        ...again,
        retryOf: { cause: cause ?? 'cancelled', message: message ?? '' },
        attempts: tried + 1,
      };
    }
  }
  return { ...first, attempts: confirmations + 1 };
}
