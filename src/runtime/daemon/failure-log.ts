import type { RearguardError } from '../../core/errors.ts';
import type { ReportError } from '../../core/report.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../tools/context.ts';

/** A failure that did not come again for this long is over. */
const OVER_AFTER_MS = 30_000;
/** One that lasts is told again this often. */
const TELL_EVERY_MS = 300_000;

export interface Failure {
  /** What failed: `alerting`, `lease`, … */
  what: string;
  error: ReportError;
  sinceMs: number;
}

/** Failures of our own that end nothing: told once, not with every try, and listed while they last. */
export function createFailureLog(
  log: Log,
  clock: Clock,
): {
  add: (what: string, error: RearguardError) => void;
  clear: (what: string) => void;
  list: () => readonly Failure[];
} {
  const open = new Map<string, Failure & { lastMs: number; toldMs: number }>();
  return {
    add(what, error) {
      const nowMs = clock.monotonicMs();
      const known = open.get(what);
      const isKnown = known?.error.message === error.message && nowMs - known.lastMs < OVER_AFTER_MS;
      const isTold = isKnown && nowMs - known.toldMs < TELL_EVERY_MS;
      if (!isTold) log.warn(`${what}: ${error.message}`);
      open.set(what, {
        what,
        error: error.toReportError(),
        sinceMs: isKnown ? known.sinceMs : clock.wallMs(),
        lastMs: nowMs,
        toldMs: isTold ? known.toldMs : nowMs,
      });
    },
    clear: (what) => void open.delete(what),
    list: () =>
      [...open.values()]
        .filter(({ lastMs }) => clock.monotonicMs() - lastMs < OVER_AFTER_MS)
        .map(({ what, error, sinceMs }) => ({ what, error, sinceMs })),
  };
}
