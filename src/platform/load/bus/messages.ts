import type { Exemplar, LoadTick } from '../../../core/load/measure.ts';
import type { LoadPlan, LoadStage } from '../../../core/load/plan.ts';

/** Where an origin's requests go: checked once, before the start, and never looked up again. */
export interface PinnedOrigin {
  url: string;
  address: string;
  port: number;
}

/** Times of a run are milliseconds since its start; the start itself is a wall-clock instant that all workers share. */
export type ToWorker =
  /** Compiles the plan and answers `ready`; nothing is connected to before `go`. */
  | {
      kind: 'prepare';
      plan: LoadPlan;
      worker: number;
      workers: number;
      /** One for each of the plan's, in its order. */
      origins: readonly PinnedOrigin[];
      /** The plan's constants and what the set-up extracted. */
      variables: Readonly<Record<string, string>>;
    }
  /** Once all are ready: the start of the run, a little ahead. Epoch milliseconds with a fraction: performance.timeOrigin + performance.now(). */
  | { kind: 'go'; startAtMs: number }
  /** Another load from this moment on, a little ahead, so that all workers change together. */
  | { kind: 'change'; fromMs: number; stages: readonly LoadStage[] }
  | { kind: 'pause'; untilMs: number }
  /** New sessions become fewer, in a straight line, until none begins. A line that began before now takes hold at its present height. */
  | { kind: 'ramp-down'; fromMs: number; overMs: number }
  /** No new sessions; what is in flight may end within this time, then is cancelled. */
  | { kind: 'stop'; drainMs: number }
  /** Once a second. A worker that has heard nothing for three seconds stops by itself. */
  | { kind: 'alive' };

export type FromWorker =
  | { kind: 'ready'; worker: number }
  /**
   * A tick of this worker alone, every 200 ms. Its `pausedUntilMs` is also how the controller learns of a Retry-After: it
   * then says `pause` to all of them.
   */
  | { kind: 'tick'; worker: number; tick: LoadTick }
  /** Everything has ended and the last tick is sent. */
  | { kind: 'ended'; worker: number; exemplars: readonly Exemplar[] }
  /** It goes no further: the plan does not compile, the controller is not heard any more, a defect. */
  | { kind: 'failed'; worker: number; message: string };
