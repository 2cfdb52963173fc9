import { emptyHistogram, type Histogram, record } from '../../../core/histogram.ts';
import { percentiles } from '../../../core/statistics/percentiles.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import { type TrackedState, initialState, observe, type StateChange } from '../../../core/health-state.ts';

/** Newest calls kept per endpoint: enough to show a p99. */
const WINDOW = 200;
const TREND_POINTS = 8;

/** What a watch remembers of one endpoint; bounded whatever happens. */
export interface LiveEndpoint {
  endpoint: Endpoint;
  state: TrackedState;
  /** Milliseconds of the newest successes, oldest first. */
  recent: number[];
  /** All successes since the watch began. */
  histogram: Histogram;
  ok: number;
  failed: number;
  suspect: number;
  lastCause: string | null;
}

export function startLive(endpoint: Endpoint, nowMs: number): LiveEndpoint {
  return {
    endpoint,
    state: initialState(nowMs),
    recent: [],
    histogram: emptyHistogram(),
    ok: 0,
    failed: 0,
    suspect: 0,
    lastCause: null,
  };
}

/** Folds one result in and says what changed. `scheduled` is false for the extra probes that confirm a failure. */
export function foldResult(live: LiveEndpoint, result: ProbeResult, scheduled: boolean): StateChange | null {
  const { cold } = result;
  if (cold.cause === 'cancelled') return null;
  if (result.suspect) {
    live.suspect += 1;
    return null;
  }
  if (scheduled) {
    if (cold.success) live.ok += 1;
    else live.failed += 1;
  }
  if (cold.success) {
    record(live.histogram, cold.totalMs);
    live.recent.push(cold.totalMs);
    if (live.recent.length > WINDOW) live.recent.shift();
  } else live.lastCause = cold.cause;
  const { next, change } = observe(
    live.state,
    { atMs: result.startedAtMs, ok: cold.success, latencyMs: cold.success ? cold.totalMs : null },
    live.endpoint.objective.p95Ms,
  );
  live.state = next;
  return change;
}

export interface LiveRow {
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  errorShare: number | null;
  /** Medians of consecutive parts of the window, oldest first. */
  trend: number[];
}

export function liveRow(live: LiveEndpoint): LiveRow {
  const probes = live.ok + live.failed;
  const { p50Ms, p95Ms, p99Ms } = percentiles(live.recent);
  return {
    p50Ms,
    p95Ms,
    p99Ms,
    errorShare: probes === 0 ? null : live.failed / probes,
    trend: trendOf(live.recent),
  };
}

function trendOf(recent: readonly number[]): number[] {
  const size = Math.max(1, Math.ceil(recent.length / TREND_POINTS));
  const points: number[] = [];
  for (let start = 0; start < recent.length; start += size) {
    const part = recent.slice(start, start + size).toSorted((a, b) => a - b);
    points.push(part[Math.floor(part.length / 2)] as number);
  }
  return points;
}
