import type { BurstRequest, Monitor, WatchTick } from '../../tools/context.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';

/** What crosses between the main thread and the probing engine; all of it survives a structured clone. */
export type EngineRequest =
  | { kind: 'burst'; session: number; request: BurstRequest }
  | { kind: 'watch'; session: number; monitors: readonly Monitor[] }
  /** The consumer took this many results, so that as many more may be sent. */
  | { kind: 'taken'; session: number; results: number }
  /** What is in flight is dropped. */
  | { kind: 'stop'; session: number };

export type EngineReply =
  | { kind: 'result'; session: number; result: ProbeResult }
  | { kind: 'tick'; session: number; tick: WatchTick }
  /** The last word of a session; `failure` is null when it ended as it should. */
  | { kind: 'ended'; session: number; failure: SessionFailure | null };

export interface SessionFailure {
  message: string;
  stack: string | null;
}

/** What the worker is started with. */
export interface WorkerSettings {
  allowHosts: readonly string[];
}
