import { type Coverage, EMPTY_COVERAGE } from '../../core/coverage.ts';
import type { MetricValue } from '../../core/metric.ts';
import type { ReportError } from '../../core/report.ts';
import type { Log } from '../../tools/context.ts';
import type { LiveView } from '../../tools/define.ts';
import type { RunResult } from '../envelope.ts';
import type { Conclusion, ShownView } from '../prepare.ts';
import type { Runtime } from '../runtime.ts';
import { pause } from './repeat.ts';

/** Without a change, conclusions are drawn this often. */
const CONCLUDE_EVERY_MS = 10_000;
/** At most this share of the time goes into conclusions, while a thousand things change at once. */
const CONCLUDING_SHARE = 0.2;
/** A config may gain something to watch, and a discovered endpoint may appear. */
const NOTHING_TO_CHECK_RETRY_MS = 300_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** One that ran this long had no bad start. */
const GOOD_RUN_MS = 60_000;

/** The clock is monotonic and may begin anywhere. */
const AT_ONCE = { afterChangeMs: Number.NEGATIVE_INFINITY, anywayMs: Number.NEGATIVE_INFINITY };

/** What a live command says as it happens. */
export type Change = LiveView['changes'][number] & { tool: string };

/** waiting: it has nothing to check; failed: it ended with an error and starts again. */
export type MonitorState = 'starting' | 'running' | 'waiting' | 'failed' | 'stopped';

export interface MonitorStatus {
  tool: string;
  command: string;
  state: MonitorState;
  /** Wall clock, epoch milliseconds. */
  lastTickAtMs: number | null;
  restarts: number;
  /** How it ended last, while it has not started again. */
  error: ReportError | null;
}

export interface Monitor {
  status(): MonitorStatus;
  metrics(): readonly MetricValue[];
  /** How many endpoints or dependencies it looks at, as its metrics and its newest conclusion name them. */
  count(kind: 'endpoint' | 'dependency'): number;
  /** It has drawn its first conclusion, or has nothing to conclude from. */
  settled: Promise<void>;
  /** Lets the command end itself and store what it has. */
  stop(): Promise<void>;
}

export interface MonitorOptions {
  tool: string;
  command: string;
  runtime: Pick<Runtime, 'run' | 'clock'>;
  onConclusion: (tool: string, conclusion: Conclusion) => void;
  onChange: (change: Change) => void;
  log: Log;
}

/** Keeps one live command running until it is stopped. */
export function startMonitor({ tool, command, runtime, ...told }: MonitorOptions): Monitor {
  const { clock } = runtime;
  const stopped = new AbortController();
  const { signal } = stopped;
  const settled = deferred();
  let status: MonitorStatus = {
    tool,
    command,
    state: 'starting',
    lastTickAtMs: null,
    restarts: 0,
    error: null,
  };
  let view: ShownView | undefined;
  let coverage: Coverage | undefined;
  /** Monotonic: when a conclusion is drawn for a change, and when without one. */
  let due = AT_ONCE;
  let hasChanged = false;

  function onView(shown: ShownView): void {
    view = shown;
    status = { ...status, state: 'running', error: null, lastTickAtMs: clock.wallMs() };
    for (const change of shown.changes) told.onChange({ ...change, tool });
    hasChanged ||= shown.changes.length > 0;
    const startedMs = clock.monotonicMs();
    if (startedMs < (hasChanged ? due.afterChangeMs : due.anywayMs)) return;
    hasChanged = false;
    coverage = undefined;
    const conclusion = shown.conclude?.();
    if (conclusion !== undefined) {
      ({ coverage } = conclusion);
      told.onConclusion(tool, conclusion);
    }
    const endedMs = clock.monotonicMs();
    const pauseMs = (endedMs - startedMs) * (1 / CONCLUDING_SHARE - 1);
    due = {
      afterChangeMs: endedMs + Math.min(pauseMs, CONCLUDE_EVERY_MS),
      anywayMs: endedMs + CONCLUDE_EVERY_MS,
    };
    settled.resolve();
  }

  /** How long to wait before the next start. */
  function onEnd({ report }: RunResult, failures: number): number {
    const error = report.error ?? { code: 'E_INTERNAL', message: 'It ended by itself.' };
    const isNothing = error.code === 'E_NOTHING_TO_CHECK';
    const waitMs = isNothing
      ? NOTHING_TO_CHECK_RETRY_MS
      : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures, 16));
    const isNews = status.error?.message !== error.message;
    if (isNothing && isNews) told.log.info(`${tool} has nothing to watch: ${error.message}`);
    if (!isNothing) told.log.warn(`${tool} ${command} ended: ${error.message} It starts again.`);
    status = { ...status, state: isNothing ? 'waiting' : 'failed', error };
    settled.resolve();
    return waitMs;
  }

  async function keepRunning(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const startedMs = clock.monotonicMs();
      due = AT_ONCE;
      const result = await runtime.run({ tool, command, input: {}, signal, onView });
      view = undefined;
      if (signal.aborted) break;
      if (clock.monotonicMs() - startedMs >= GOOD_RUN_MS) failures = 0;
      const waitMs = onEnd(result, failures);
      failures += 1;
      await pause(clock, waitMs, signal);
      if (!signal.aborted && status.state === 'failed') {
        status = { ...status, restarts: status.restarts + 1 };
      }
    }
    status = { ...status, state: 'stopped' };
    settled.resolve();
  }

  const metrics = (): readonly MetricValue[] => view?.metrics?.() ?? [];
  const running = keepRunning();
  return {
    status: () => status,
    metrics,
    count(kind) {
      const { checked, notChecked } = coverage ?? EMPTY_COVERAGE;
      const covered = [...checked, ...notChecked].flatMap(({ subject }) =>
        subject?.kind === kind ? [subject.name] : [],
      );
      const measured = metrics().flatMap(({ attributes }) => attributes[kind] ?? []);
      return new Set([...covered, ...measured]).size;
    },
    settled: settled.promise,
    stop() {
      stopped.abort();
      return running;
    },
  };
}

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
