import { formatDuration } from '../core/duration.ts';
import { RearguardError } from '../core/errors.ts';
import { linkSignals } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';
import type { LiveView, ReportDraft } from '../tools/define.ts';

/** How long a command may take to end itself after it was told to. */
const GRACE_MS = 5_000;

export interface ExecuteOptions {
  /** For messages: `api-health-monitor status`. */
  what: string;
  signal: AbortSignal;
  timeoutMs?: number | undefined;
  clock: Clock;
  onView?: ((view: LiveView) => void) | undefined;
}

type Running = Promise<ReportDraft> | AsyncGenerator<LiveView, ReportDraft, void>;

/**
 * Runs a command to its end, its deadline or its interruption. A live command that ends itself when its
 * signal is aborted keeps its summary; any other that was cut short measured too little to conclude from.
 * Throws E_INTERRUPTED or E_TIMEOUT, and whatever the command throws.
 */
export async function execute(
  start: (signal: AbortSignal) => Running,
  options: ExecuteOptions,
): Promise<ReportDraft> {
  const { clock, signal: interrupt, timeoutMs } = options;
  const deadline = new AbortController();
  const finished = new AbortController();
  const linked = linkSignals([interrupt, deadline.signal]);
  const { signal } = linked;
  const cutShort = (): RearguardError =>
    interrupt.aborted
      ? new RearguardError('E_INTERRUPTED')
      : new RearguardError('E_TIMEOUT', { what: options.what, limit: formatDuration(timeoutMs ?? 0) });
  if (interrupt.aborted) throw cutShort();
  if (timeoutMs !== undefined) void abortAfter(clock, timeoutMs, deadline, finished.signal);
  try {
    const running = start(signal);
    if (!(Symbol.asyncIterator in running)) {
      const draft = await settle(running, signal, clock, cutShort);
      if (signal.aborted) throw cutShort();
      return draft;
    }
    for (;;) {
      const step = await settle(running.next(), signal, clock, cutShort);
      if (step.done) return step.value;
      options.onView?.(step.value);
    }
  } catch (thrown) {
    // Whatever a command throws once it was told to stop is only how it stopped.
    if (signal.aborted) throw cutShort();
    throw thrown;
  } finally {
    linked.dispose();
    finished.abort();
  }
}

async function abortAfter(
  clock: Clock,
  ms: number,
  deadline: AbortController,
  until: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(ms, until);
    deadline.abort();
  } catch {
    // The command ended before its deadline.
  }
}

/** The value of the work, or `cutShort` when it does not come within the grace after an abort. */
async function settle<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  clock: Clock,
  cutShort: () => RearguardError,
): Promise<Value> {
  const settled = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    const startGrace = (): void => {
      clock.sleep(GRACE_MS, settled.signal).then(
        () => reject(cutShort()),
        () => undefined,
      );
    };
    if (signal.aborted) return startGrace();
    signal.addEventListener('abort', startGrace, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    settled.abort();
  }
}
