import type { ProbeResult } from '../../../platform/probe/types.ts';
import { type LiveSession, startLiveSession } from '../../_shared/live/session.ts';
import { type LiveEndpoint, startLive } from '../analyze/live-window.ts';
import type { Endpoint } from '../collect/endpoints.ts';

/** What one watch keeps between its ticks. */
export interface WatchSession extends LiveSession {
  byName: ReadonlyMap<string, Endpoint>;
  live: ReadonlyMap<string, LiveEndpoint>;
  /** Confirmations under way, and what they brought since the last tick. */
  confirming: Map<string, Promise<void>>;
  confirmed: ProbeResult[];
}

export function startSession(endpoints: readonly Endpoint[], nowMs: number): WatchSession {
  return {
    ...startLiveSession(nowMs),
    byName: new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    live: new Map(endpoints.map((endpoint) => [endpoint.name, startLive(endpoint, nowMs)])),
    confirming: new Map(),
    confirmed: [],
  };
}
