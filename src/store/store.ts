import type { ErrorLogStore } from './error-log-store.ts';
import type { LiveRunStore } from './live-run-store.ts';
import type { SessionStore } from './session-store.ts';
import type { AlertStore, DeliveryStore, HeartbeatStore, LeaseStore, WindowStore } from './alert-store.ts';
import type { BackendEvent, CoverageGap } from '../core/event.ts';
import type { CheckOrigin, Finding, FindingDraft } from '../core/finding.ts';
import type { Coverage } from '../core/coverage.ts';
import type { Histogram } from '../core/histogram.ts';
import type { Sample, SeriesKey } from '../core/metric.ts';
import type { Report } from '../core/report.ts';
import type { OutcomeBucket } from '../core/slo.ts';

/**
 * What Rearguard remembers. One interface; the embedded engine is libsql, and other engines may
 * come. All calls are synchronous because the embedded engine is; several processes may hold the
 * same store open at once.
 */
export interface Store {
  readonly findings: FindingStore;
  readonly samples: SampleStore;
  readonly runs: RunStore;
  readonly baselines: BaselineStore;
  readonly events: EventStore;
  readonly observations: ObservationStore;
  readonly errorLog: ErrorLogStore;
  readonly alerts: AlertStore;
  readonly deliveries: DeliveryStore;
  readonly windows: WindowStore;
  readonly heartbeats: HeartbeatStore;
  readonly lease: LeaseStore;
  readonly sessions: SessionStore;
  readonly liveRuns: LiveRunStore;
  /** Deletes what is past its retention and rolls samples up; cheap to call often. */
  maintain(nowMs: number): MaintenanceResult;
  close(): void;
}

export interface MaintenanceResult {
  samplesRolledUp: number;
  samplesDeleted: number;
  bucketsDeleted: number;
  runsDeleted: number;
  /** The call did its bounded share and work is left: call again soon. */
  more: boolean;
}

/** How long each kind is kept, in milliseconds; the config's `store.retention`. */
export interface Retention {
  samplesMs: number;
  /** Also for observations and segments of logs. */
  minuteBucketsMs: number;
  /** Also for counts of error groups, events, gaps, resolved alerts, settled deliveries and windows. */
  hourBucketsMs: number;
  runsMs: number;
}

/** A draft with its identity, as the runner hands it over. */
export type IdentifiedDraft = Omit<FindingDraft, 'check'> & Pick<Finding, 'id' | 'fingerprint' | 'verify'>;

export interface Mute {
  /** Epoch milliseconds; undefined is for good. */
  untilMs: number | undefined;
  reason: string;
}

export interface FindingStore {
  /**
   * Folds one run's result in. What was found becomes new, ongoing or (after resolved) regressed; a known finding that is
   * absent although its rule came to a verdict on its subject becomes resolved; one that was not covered stays as it is.
   * Returns the findings of this run in their states, then those it resolved.
   */
  apply(run: {
    tool: string;
    coverage: Coverage;
    found: readonly IdentifiedDraft[];
    nowMs: number;
  }): Finding[];
  /**
   * By id or by an unambiguous prefix of it. Should two findings share the 8 hex of their ids, more of the
   * fingerprint (`db-3f9a1c20b7`) tells them apart.
   */
  get(id: string): Finding | undefined;
  /** Worst first. Without `states` all but the muted ones, resolved ones included. */
  list(filter?: { tool?: string; states?: readonly Finding['state'][]; includeMuted?: boolean }): Finding[];
  /** Until a time, or for good with undefined; `reason` is kept. unmute() undoes it. */
  mute(id: string, until: number | undefined, reason: string): boolean;
  unmute(id: string): boolean;
  /** How it was muted last, expired or not. */
  muteOf(id: string): Mute | undefined;
  /** The check that raises it. */
  origin(id: string): CheckOrigin | undefined;
  /** Findings that appeared, came back or went away, in time order; `from` inclusive, `to` exclusive. */
  changes(range: TimeRange): FindingChange[];
}

export interface FindingChange {
  atMs: number;
  state: 'new' | 'regressed' | 'resolved';
  /** As it is known now. */
  finding: Finding;
}

export interface SampleStore {
  /** One transaction; durable when it returns. */
  append(batch: readonly { series: SeriesKey; samples: readonly Sample[] }[]): void;
  /** Raw samples in time order, `from` inclusive, `to` exclusive; newest `limit` when given. */
  raw(series: SeriesKey, range: TimeRange, limit?: number): Sample[];
  /** Series whose attributes include all of `attributes`. */
  series(metric: string, attributes?: Readonly<Record<string, string>>): SeriesKey[];
  /**
   * Aggregates per bucket, merged from whatever is still there (raw or rolled up). Buckets are aligned to multiples of
   * `bucketMs` (a multiple of one minute) and empty ones are left out. What was rolled up counts at the start of its
   * minute, or of its hour once the minutes are past their retention: ranges at such edges are exact.
   */
  buckets(series: SeriesKey, range: TimeRange, bucketMs: number): SampleBucket[];
  /** Good and bad scheduled probes per bucket, as `buckets` counts them, without values: cheap over days. */
  outcomes(series: SeriesKey, range: TimeRange, bucketMs: number): OutcomeBucket[];
  gap(gap: CoverageGap): void;
  gaps(range: TimeRange): CoverageGap[];
}

export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** Merges commutatively: every field is a sum, a histogram or a sum per key. */
export interface SampleBucket {
  startMs: number;
  /** As asked for; an hour where only hours are left of what is that old. */
  bucketMs: number;
  /** Values of ok samples only. */
  histogram: Histogram;
  ok: number;
  failed: number;
  suspect: number;
  /** Scheduled ones among them (those that speak for some time), and the time they speak for. */
  okScheduled: number;
  failedScheduled: number;
  okCoverMs: number;
  failedCoverMs: number;
  causes: Readonly<Record<string, number>>;
}

export interface RunStore {
  record(report: Report): void;
  /** Whether there is a report of this run. */
  has(runId: string): boolean;
  /** Newest first, without their reports; `from` inclusive, `to` exclusive. */
  list(range: TimeRange, limit?: number): RunSummary[];
  latest(tool: string, command?: string): Report | undefined;
  get(runId: string): Report | undefined;
}

export type RunSummary = Pick<Report, 'runId' | 'tool' | 'command' | 'startedAt' | 'status' | 'summary'>;

/** A named, frozen result to compare with; `data` is the tool's own. */
export interface StoredBaseline {
  tool: string;
  name: string;
  savedAtMs: number;
  data: unknown;
}

export interface BaselineStore {
  save(baseline: StoredBaseline): void;
  get(tool: string, name: string): StoredBaseline | undefined;
  list(tool?: string): Omit<StoredBaseline, 'data'>[];
}

export interface EventStore {
  add(event: BackendEvent): void;
  list(range: TimeRange, kinds?: readonly BackendEvent['kind'][]): BackendEvent[];
}

/** What a tool saw of one subject at one time, whole: a snapshot of counters, the plans of queries. */
export interface Observation {
  tool: string;
  /** Usually the name of the target. */
  subject: string;
  /** The tool's own word for what this is. */
  kind: string;
  atMs: number;
  /** JSON; the tool's own shape, already redacted. */
  document: unknown;
}

/** Kept as long as aggregates of a minute. */
export interface ObservationStore {
  /** Replaces one of the same key and time. */
  add(observation: Observation): void;
  /** In time order, `from` inclusive, `to` exclusive. */
  list(key: ObservationKey, range: TimeRange): Observation[];
  /** Only when there are some, without reading them. */
  times(key: ObservationKey, range: TimeRange): number[];
  /** The newest one, or the newest before a time. */
  latest(key: ObservationKey, beforeMs?: number): Observation | undefined;
}

export type ObservationKey = Pick<Observation, 'tool' | 'subject' | 'kind'>;
