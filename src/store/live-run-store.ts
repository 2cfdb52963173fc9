import type { ReportError } from '../core/report.ts';

/** One execution that a process of its own makes, so that it outlives whoever asked for it. */
export interface LiveRun {
  runId: string;
  /** What is run, in words: `load-tester run`, `workflow daily`. */
  what: string;
  /** Everything the process needs to make the run; JSON. */
  request: unknown;
  state: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  createdAtMs: number;
  /** Of the process that makes it; null until there is one. Ids are given again: by itself it does not say that the process is still this run's. */
  pid: number | null;
  progress: { done: number; total: number; what: string } | null;
  /** Why it failed; its report, when it has one, is among the runs under its id. */
  error: ReportError | null;
  endedAtMs: number | null;
}

export interface LiveRunStore {
  add(run: LiveRun): void;
  get(runId: string): (LiveRun & { heartbeatAtMs: number; cancelRequested: boolean }) | undefined;
  /** The newest, newest first. */
  list(limit: number): LiveRun[];
  /** Those that have not ended, newest first. */
  active(): LiveRun[];
  /** Says that its process lives, and how far it is; returns whether it must stop: somebody asked it to, or told it as over. */
  beat(runId: string, atMs: number, progress: LiveRun['progress']): { mustStop: boolean };
  /** Changes state and what goes with it; a run that has ended stays as it ended. Returns whether it was changed. */
  transition(
    runId: string,
    change: Partial<Pick<LiveRun, 'state' | 'pid' | 'error' | 'endedAtMs'>>,
    atMs: number,
  ): boolean;
  /** Asks the process to stop; whether it was there and had not ended. */
  requestCancel(runId: string): boolean;
}
