import { FAILURE_KINDS, type FailureKind, type LoadTick } from '../../../core/load/measure.ts';
import type { LoadLimits } from '../../../core/load/plan.ts';

const WINDOW_MS = 1_000;

/** The failed share of requests within the last second, over all workers. */
export interface ErrorBudget {
  /** Takes a tick of any worker; says what happened, once the budget is spent. null while it is not. */
  add(tick: LoadTick): string | null;
}

interface Counted {
  toMs: number;
  ended: number;
  failed: Partial<Record<FailureKind, number>>;
  failures: number;
}

export function createErrorBudget(limit: LoadLimits['errorBudget']): ErrorBudget {
  let window: Counted[] = [];
  return {
    add(tick) {
      if (limit === null) return null;
      window.push(count(tick));
      const newestMs = Math.max(...window.map(({ toMs }) => toMs));
      window = window.filter(({ toMs }) => toMs > newestMs - WINDOW_MS);
      const ended = window.reduce((sum, one) => sum + one.ended, 0);
      const failures = window.reduce((sum, one) => sum + one.failures, 0);
      if (ended < limit.minRequests || failures === 0 || failures / ended < limit.share) return null;
      return describe(window, failures, ended, limit.share);
    },
  };
}

function count({ endpoints, toMs }: LoadTick): Counted {
  const failed: Partial<Record<FailureKind, number>> = {};
  let succeeded = 0;
  for (const endpoint of endpoints) {
    succeeded += endpoint.succeeded;
    for (const kind of FAILURE_KINDS) {
      const times = endpoint.failed[kind] ?? 0;
      if (times > 0) failed[kind] = (failed[kind] ?? 0) + times;
    }
  }
  const failures = Object.values(failed).reduce((sum, times) => sum + times, 0);
  return { toMs, ended: succeeded + failures, failed, failures };
}

/** `340 of 512 requests failed within a second (status-5xx 338, timeout 2); the error budget is 50 %`. */
function describe(window: readonly Counted[], failures: number, ended: number, share: number): string {
  const kinds = FAILURE_KINDS.map((kind) => ({
    kind,
    times: window.reduce((sum, { failed }) => sum + (failed[kind] ?? 0), 0),
  }))
    .filter(({ times }) => times > 0)
    .toSorted((a, b) => b.times - a.times)
    .map(({ kind, times }) => `${kind} ${times}`);
  return `${failures} of ${ended} requests failed within a second (${kinds.join(', ')}); the error budget is ${Math.round(share * 1_000) / 10} %`;
}
