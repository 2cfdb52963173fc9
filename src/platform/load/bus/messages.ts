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
  | {
      kind: 'start';
      plan: LoadPlan;
      worker: number;
      workers: number;
      origins: readonly PinnedOrigin[];
      /** Epoch milliseconds with a fraction: performance.timeOrigin + performance.now(). */
      startAtMs: number;
      /** The plan's constants and what the set-up extracted. */
      variables: Readonly<Record<string, string>>;
    }
  /** Another load from this moment on, a little ahead, so that all workers change together. */
  | { kind: 'change'; fromMs: number; stages: readonly LoadStage[] }
  | { kind: 'pause'; untilMs: number }
  /** New sessions become fewer, in a straight line, until none begins. */
  | { kind: 'ramp-down'; fromMs: number; overMs: number }
  /** No new sessions; what is in flight may end within this time, then is cancelled. */
  | { kind: 'stop'; drainMs: number }
  /** Once a second. A worker that has heard nothing for three seconds stops by itself. */
  | { kind: 'alive' };

export type FromWorker =
  | { kind: 'ready'; worker: number }
  /** A tick of this worker alone, every 200 ms. */
  | { kind: 'tick'; worker: number; tick: LoadTick }
  | { kind: 'ended'; worker: number; exemplars: readonly Exemplar[] }
  | { kind: 'failed'; worker: number; message: string };
