import type { LatencyHistogram } from '../../../core/load/latency-histogram.ts';
import type { FailureKind } from '../../../core/load/measure.ts';
import type { LoadPlan } from '../../../core/load/plan.ts';
import type { CompiledPlan } from '../session/types.ts';
import type { ConnectionEvents } from '../wire/types.ts';
import type { ExemplarShelf } from './exemplars.ts';
import type { Meter } from './meters.ts';
import type { ConnectionBudget, Link, Pool } from './pool.ts';
import type { ThinkHeap } from './think-heap.ts';
import type { Tracer } from './tracer.ts';
import type { Visitor } from './visitor.ts';

/** Everything a worker knows while it makes load. Times are performance.now() of its thread, unless a name says `run`. */
export interface Engine {
  readonly plan: LoadPlan;
  readonly compiled: CompiledPlan;
  /** As URL.origin writes them, in the plan's order. */
  readonly originUrls: readonly string[];
  readonly worker: number;
  readonly workers: number;
  /** The run's zero. */
  startMs: number;

  readonly pools: readonly Pool[];
  readonly budget: ConnectionBudget;
  readonly events: ConnectionEvents;
  /** Connections to hold for each origin: as many as users of a closed model; 0 in an open one. */
  wantedLinks: number;
  /** Connections that something was sent on and that may have to be flushed. */
  readonly dirty: Link[];

  readonly idleVisitors: Visitor[];
  readonly inFlight: Visitor[];
  readonly thoughts: ThinkHeap;
  /** Arrivals that wait for a slot, over all pools, and how many of them and of waiting visitors there may be. */
  queued: number;
  /** Sessions under way whose request waits for a slot. */
  waiting: number;
  readonly maxQueued: number;
  /** Sessions that have begun and not ended. */
  live: number;

  readonly meters: readonly Meter[];
  readonly counts: SessionCounts;
  opened: number;
  closedByServer: number;
  readonly connect: LatencyHistogram;
  readonly tls: LatencyHistogram;
  readonly exemplars: ExemplarShelf;
  readonly tracer: Tracer;

  /** New sessions wait until then, by the controller's word, in milliseconds of the run; 0: they do not. */
  pausedUntilRunMs: number;
  /** When waiting arrivals are let in again; Infinity: they are not held. */
  pauseEndsMs: number;
  /** Until when the server asked us to wait; 0: it did not. */
  askedPauseRunMs: number;
  rampDown: { fromRunMs: number; overMs: number } | null;
  /** No request begins any more; sessions end with the one they have under way. */
  isCut: boolean;

  /** The next moment at which something is due: an arrival, or the end of a think time. */
  nextDueMs: number;
  /** Something is due sooner than `nextDueMs`. */
  arm(dueMs: number): void;
  /** Does what is due at this moment. */
  pump(nowMs: number): void;
  /** Called when a step is over and its connection is free again. */
  stepEnded(visitor: Visitor, failure: FailureKind | null, nowMs: number): void;
}

/** Since the last tick. */
export interface SessionCounts {
  asked: number;
  begun: number;
  dropped: number;
  ended: number;
}

export function runMsOf(engine: Engine, nowMs: number): number {
  return nowMs - engine.startMs;
}
