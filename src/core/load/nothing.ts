import { EMPTY_SPARSE } from './latency-histogram.ts';
import type { EndpointMeasure, LoadTick } from './measure.ts';

/** A tick in which nothing happened. */
export const EMPTY_TICK: LoadTick = {
  atMs: 0,
  fromMs: 0,
  toMs: 0,
  endpoints: [],
  sessions: { asked: 0, begun: 0, dropped: 0, ended: 0 },
  inFlight: 0,
  queued: 0,
  connections: 0,
  users: 0,
  opened: 0,
  connect: EMPTY_SPARSE,
  tls: EMPTY_SPARSE,
  closedByServer: 0,
  busy: 0,
  targetRate: null,
  pausedUntilMs: null,
};

/** An endpoint of which nothing is known. */
export function emptyMeasure(name: string): EndpointMeasure {
  return {
    name,
    sent: 0,
    succeeded: 0,
    failed: {},
    statuses: {},
    cancelled: 0,
    bytesIn: 0,
    bytesOut: 0,
    service: EMPTY_SPARSE,
    response: EMPTY_SPARSE,
    lag: EMPTY_SPARSE,
    firstByte: EMPTY_SPARSE,
    censored: EMPTY_SPARSE,
    serverTiming: EMPTY_SPARSE,
  };
}
