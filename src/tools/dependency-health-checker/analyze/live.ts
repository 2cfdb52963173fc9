import {
  CONFIRMED_TRIES,
  initialState,
  observe,
  type StateChange,
  type TrackedState,
} from '../../../core/health-state.ts';
import { emptyHistogram, type Histogram, record } from '../../../core/histogram.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import { answersInPart, firstTryCause, isLimited } from './measure.ts';

/** Newest probes kept of each: 59 claim a p95. */
const WINDOW = 60;

/** What a monitor remembers of one dependency; bounded whatever happens. */
export interface LiveDependency {
  monitored: MonitoredDependency;
  state: TrackedState;
  /** Newest last, without their hops: certificates are looked at by themselves. */
  recent: ProbeResult[];
  /** All successes since the monitor began. */
  histogram: Histogram;
  /** Scheduled probes. */
  ok: number;
  failed: number;
  suspect: number;
  /** First tries that failed since the monitor began, by cause. */
  failures: Map<string, number>;
  lastCause: string | null;
  /** From history, until a probe of our own succeeds. */
  lastGoodMs: number | null;
}

export function startLive(
  monitored: MonitoredDependency,
  nowMs: number,
  lastGoodMs: number | null,
): LiveDependency {
  return {
    monitored,
    state: initialState(nowMs),
    recent: [],
    histogram: emptyHistogram(),
    ok: 0,
    failed: 0,
    suspect: 0,
    failures: new Map(),
    lastCause: null,
    lastGoodMs,
  };
}

/** Folds one result in and says what changed; `isScheduled` is false for probes asked for beside the slots. */
export function foldResult(
  live: LiveDependency,
  result: ProbeResult,
  isScheduled: boolean,
): StateChange | null {
  const { cold } = result;
  if (cold.cause === 'cancelled') return null;
  if (result.suspect) {
    live.suspect += 1;
    return null;
  }
  live.recent.push({ ...result, cold: { ...cold, hops: [] } });
  if (live.recent.length > WINDOW) live.recent.shift();
  // It works and has had enough of us: no state of it.
  if (isLimited(result)) return null;
  const cause = firstTryCause(result);
  if (cause !== null) live.failures.set(cause, (live.failures.get(cause) ?? 0) + 1);
  const works = cold.success || answersInPart(live.monitored.plan.kind, result);
  if (isScheduled && works) live.ok += 1;
  if (isScheduled && !works) live.failed += 1;
  if (cold.success) record(live.histogram, cold.totalMs);
  if (works) live.lastGoodMs = result.startedAtMs;
  else live.lastCause = cold.cause;
  const { next, change } = observe(
    live.state,
    { atMs: result.startedAtMs, ok: works, latencyMs: cold.success ? cold.totalMs : null },
    live.monitored.latencyMs ?? Number.POSITIVE_INFINITY,
    CONFIRMED_TRIES,
  );
  live.state = next;
  return change;
}

/** Milliseconds of the newest successes, oldest first. */
export function recentLatencies({ recent }: LiveDependency): number[] {
  return recent.filter(({ cold }) => cold.success).map(({ cold }) => cold.totalMs);
}
