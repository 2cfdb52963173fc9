import type { CoverageGap } from '../../../core/event.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import { type LiveEndpoint, startLive } from '../analyze/live-window.ts';
import type { Endpoint } from '../collect/endpoints.ts';

/** What one watch keeps between its ticks. */
export interface WatchSession {
  startedAtMs: number;
  byName: ReadonlyMap<string, Endpoint>;
  live: ReadonlyMap<string, LiveEndpoint>;
  gaps: CoverageGap[];
  missedSlots: number;
  changes: number;
  /** Confirmations under way, and what they brought since the last tick. */
  confirming: Map<string, Promise<void>>;
  confirmed: ProbeResult[];
  maintainedAtMs: number;
}

export function startSession(endpoints: readonly Endpoint[], nowMs: number): WatchSession {
  return {
    startedAtMs: nowMs,
    byName: new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    live: new Map(endpoints.map((endpoint) => [endpoint.name, startLive(endpoint, nowMs)])),
    gaps: [],
    missedSlots: 0,
    changes: 0,
    confirming: new Map(),
    confirmed: [],
    maintainedAtMs: nowMs,
  };
}
