import type { Redactor } from '../core/redact.ts';
import type { CoverageGap } from '../core/event.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import type { Dependency } from '../config/dependencies.ts';
import type { SettingPath } from '../config/source.ts';
import type { Target } from '../config/targets.ts';
import type { SecretReference } from '../config/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { LogSources } from '../platform/log-source/types.ts';
import type { ComputeThreads } from '../platform/compute/types.ts';
import type { Machine } from '../platform/machine.ts';
import type { ProcessUsage } from '../platform/process-usage/types.ts';
import type { Processes } from '../platform/processes.ts';
import type { HttpClient } from '../platform/http-client.ts';
import type { LoadGenerator } from '../platform/load/types.ts';
import type { ProbePlan } from '../platform/probe/plans.ts';
import type { Sandboxes } from '../platform/postgres/sandbox-types.ts';
import type { ProbeResult } from '../platform/probe/types.ts';
import type { TrafficRecorder } from '../platform/recording/types.ts';
import type { SqlConnector } from '../platform/sql/types.ts';
import type { SqliteCopies } from '../platform/sqlite/copies.ts';
import type { Store, TimeRange } from '../store/store.ts';

/** The only way from a tool to the world. Everything in it is bounded by the run's signal. */
export interface CommandContext<Options = unknown> {
  readonly run: { readonly id: string; readonly startedAtMs: number };
  /** This tool's section of the config, validated. */
  readonly options: Options;
  readonly targets: readonly Target[];
  /** What the backend needs: what the config lists, and the databases among the targets. */
  readonly dependencies: readonly Dependency[];
  /** Windows in which failures do not count, that overlap the range: planned in the config, or added by hand, also afterwards. */
  readonly maintenance: (range: TimeRange) => readonly MaintenanceWindow[];
  /** Directory of the config; relative paths in it are meant from here. */
  readonly directory: string;
  readonly probes: ProbeService;
  /** Load, off the main thread: only where the owner of the host agreed to it. */
  readonly load: LoadGenerator;
  readonly http: HttpClient;
  /** What clients and the backend say to each other. */
  readonly recorder: TrafficRecorder;
  readonly sql: SqlConnector;
  readonly sandboxes: Sandboxes;
  /** Private copies of SQLite files. */
  readonly sqliteCopies: SqliteCopies;
  readonly files: Files;
  /** Bytes of logs, of files and of programs. */
  readonly logs: LogSources;
  /** For what takes a processor long; null where all must stay on this thread. */
  readonly threads: ComputeThreads | null;
  readonly processes: Processes;
  readonly processUsage: ProcessUsage;
  readonly machine: Machine;
  /** Values by reference that stand outside the config; whatever it hands out is hidden in everything shown or stored from then on. */
  readonly secrets: SecretReader;
  /** For text that goes into the store beside the report, which is redacted by itself. */
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly store: Store;
  /** A person watches a screen: where nobody does, a live command may look once and end. */
  readonly watched: boolean;
  /** Goes to stderr. */
  readonly log: Log;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface SecretReader {
  /** `at`: where the reference stands, for messages. Files are relative to `directory`. Throws E_SECRET_MISSING. */
  read(reference: SecretReference, at: { directory: string; path: SettingPath }): Promise<string>;
  /** For secrets that came another way: a token that was fetched. */
  hide(values: readonly string[]): void;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** Says how far long work is; shown only where a person watches. */
export type Progress = (done: number, total: number, what: string) => void;

/** Active checks, made off the main thread. Targets outside the allow-list are refused before a packet is sent. */
export interface ProbeService {
  /** Probes every plan `samples` times, spread over the plans, within both limits; yields results as they come. */
  burst(request: BurstRequest, signal: AbortSignal): AsyncIterable<ProbeResult>;
  /** Probes every monitor in its slots until the signal is aborted; yields at least once a second. */
  watch(monitors: readonly Monitor[], signal: AbortSignal): AsyncIterable<WatchTick>;
}

export interface BurstRequest {
  plans: readonly ProbePlan[];
  samples: number;
  /** Over all plans together. */
  maxRatePerSecond: number;
  maxConcurrency: number;
}

export interface Monitor {
  plan: ProbePlan;
  intervalMs: number;
}

export interface WatchTick {
  results: readonly ProbeResult[];
  gaps: readonly CoverageGap[];
  /** Slots without a probe: it would have been too late to mean anything, or the one before had not ended. */
  missedSlots: number;
  /** 99th percentile of our own event-loop delay since the last tick. */
  loopLagMs: number;
}
