import type { LoadOutcome, LoadTick, StopReason } from '../../core/load/measure.ts';
import type { LoadPlan, LoadStage } from '../../core/load/plan.ts';

/** Makes load. Every address is checked before a worker knows of it; redirects and aliases lead nowhere else. */
export interface LoadGenerator {
  /**
   * Throws E_TARGET_REFUSED, E_CONFIRMATION, E_LOAD_LIMIT, and E_UNREACHABLE for a name that does not resolve or where nothing
   * accepts a connection. Ends, drained, when the signal is aborted.
   */
  start(plan: LoadPlan, options: StartOptions): Promise<LoadRun>;
}

export interface StartOptions {
  signal: AbortSignal;
  /** Hosts that whoever runs this agreed to put under load: needed for each one that is not on this machine. */
  confirmed: readonly string[];
  /** Default: cores minus one, at least one, and no more than the load needs. */
  workers?: number;
}

export interface LoadRun {
  /** A tick each 200 ms from the start until everything has ended; the last ones hold what was drained. */
  ticks: AsyncIterable<LoadTick>;
  /** From now on another load: sessions a second or users, as the plan's model has. A stage list replaces what was left of the plan. */
  change(stages: readonly LoadStage[]): void;
  /** No new sessions; what is in flight is drained. The outcome comes after the last tick. */
  stop(reason: StopReason): void;
  /** Why it ends before the plan does, from the moment on that this is decided: a lost worker, a spent error budget. null before. */
  readonly stopping: { reason: StopReason; detail: string | null } | null;
  outcome: Promise<LoadOutcome>;
}
