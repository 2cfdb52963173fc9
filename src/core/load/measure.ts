import type { SparseHistogram } from './latency-histogram.ts';

/** Why a request failed, or never was one. */
export const FAILURE_KINDS = [
  'refused',
  'connect-timeout',
  'tls',
  'timeout',
  'reset',
  'protocol',
  'status-4xx',
  'status-429',
  'status-5xx',
  'status-other',
  'check',
  'extraction',
  'redirect-refused',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/**
 * What happened to the requests of one endpoint in a span of time. sent = succeeded + failed + cancelled + still in flight.
 * Times in milliseconds:
 * service  from the send to the end of the response;
 * response from the intended time, without what was our own lateness, so with all waiting for a free connection;
 * lag      from the intended time to the send, where a connection was free: the generator's own delay.
 */
export interface EndpointMeasure {
  name: string;
  sent: number;
  succeeded: number;
  /** By kind; absent is 0. */
  failed: Partial<Record<FailureKind, number>>;
  /** By status; absent is 0. */
  statuses: Record<number, number>;
  /** Given up by us at the end of the run. */
  cancelled: number;
  bytesIn: number;
  bytesOut: number;
  service: SparseHistogram;
  /** Failed ones are in it, too: with the time until they failed. Dropped ones and those that never were answered are in `censored`. */
  response: SparseHistogram;
  lag: SparseHistogram;
  /** Time to the first byte of the response. */
  firstByte: SparseHistogram;
  /** "At least this long": dropped arrivals and cancelled requests, so that a percentile cannot look better because we gave up. */
  censored: SparseHistogram;
  /** Server's own word for the time it took (`Server-Timing: total` or the sum of its parts), where it says so. */
  serverTiming: SparseHistogram;
}

/** What all workers did in a span of time, merged. */
export interface LoadTick {
  /** Wall clock of the span's end, epoch milliseconds. */
  atMs: number;
  /** Span, in milliseconds since the start of the run. */
  fromMs: number;
  toMs: number;
  endpoints: readonly EndpointMeasure[];
  /** Sessions that the plan asked for, that began, and that found no place in the queue (dropped). asked = begun + dropped + queued. */
  sessions: { asked: number; begun: number; dropped: number; ended: number };
  /**
   * Now, at the end of the span. In flight are also requests of sessions under way that wait for a connection (they are in `sent`);
   * queued are sessions that have not begun.
   */
  inFlight: number;
  queued: number;
  connections: number;
  users: number;
  /** Opened in the span, and how long that took: TCP, and TLS on top. */
  opened: number;
  connect: SparseHistogram;
  tls: SparseHistogram;
  /** Connections that the server closed between requests. */
  closedByServer: number;
  /** The busiest worker's share of the span in its event loop's work, 0 to 1 (performance.eventLoopUtilization). */
  busy: number;
  /** Sessions a second asked for at the end of the span; null for a closed model. */
  targetRate: number | null;
  /** New sessions wait until then, in milliseconds since the start, because the server said Retry-After; null otherwise. */
  pausedUntilMs: number | null;
}

/** A request worth showing: among the slowest, or the first of its kind of failure. */
export interface Exemplar {
  endpoint: string;
  atMs: number;
  responseMs: number;
  serviceMs: number;
  status: number | null;
  failure: FailureKind | null;
  /** Of its `traceparent`, where it had one. */
  traceId: string | null;
  /** Beginning of the body of a failed one: untrusted, at most 500 characters. */
  body: string | null;
  /** What became of one without a whole response: `ECONNREFUSED`, what was wrong with it. */
  detail: string | null;
}

export const STOP_REASONS = [
  'completed',
  'interrupted',
  'threshold',
  'error-budget',
  'max-duration',
  'set-up-failed',
  'worker-lost',
] as const;
export type StopReason = (typeof STOP_REASONS)[number];

export interface LoadOutcome {
  startedAtMs: number;
  endedAtMs: number;
  stopReason: StopReason;
  /** For people: which worker, which step of the set-up. */
  stopDetail: string | null;
  /** Addresses that were connected to, by origin; they were checked and do not change during a run. */
  addresses: readonly { origin: string; address: string }[];
  workers: number;
  exemplars: readonly Exemplar[];
}
