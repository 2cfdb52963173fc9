import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { CreateIndex, DropIndex } from '../recommendation.ts';
import type { WhatIf } from '../what-if/types.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';

export interface AdviceRequest {
  workload: Workload;
  /** Read once: all of one advice rests on the same statistics. */
  catalog: Catalog;
  whatIf: WhatIf;
  options: AdviceOptions;
  /** How often indexes were used; null: nobody knows, so nothing is called unused. */
  usage: IndexUsage | null;
  signal: AbortSignal;
  /** A monotonic clock, for the deadline. */
  nowMs: () => number;
  progress?: (done: number, total: number, what: string) => void;
}

export interface AdviceOptions {
  /** For all new indexes together; null: no limit. */
  storageBudgetBytes: number | null;
  maxIndexes: number;
  /** Keys of one index. */
  maxColumns: number;
  /** An index that saves less of the workload's time than this is not worth its upkeep; 0 to 1. */
  minGainShare: number;
  /** What is best by then is the answer. */
  deadlineMs: number;
  /** Smaller tables are read whole as fast as any index. */
  minTablePages: number;
  /** An index is called unused only when nobody used it for so long. */
  minUnusedMs: number;
  /** Propose new indexes; look for ones that can go. */
  create: boolean;
  drop: boolean;
}

export const DEFAULT_ADVICE_OPTIONS: AdviceOptions = {
  storageBudgetBytes: null,
  maxIndexes: 10,
  maxColumns: 3,
  minGainShare: 0.01,
  deadlineMs: 20_000,
  minTablePages: 10,
  minUnusedMs: 30 * 86_400_000,
  create: true,
  drop: true,
};

/** Use of existing indexes, by `schema.index`. */
export interface IndexUsage {
  /** Since when the counters count, epoch milliseconds; null: unknown. */
  sinceMs: number | null;
  /** When they were read, epoch milliseconds. */
  atMs: number;
  /** Scans since then on this server. */
  scans: ReadonlyMap<string, number>;
  /**
   * Standbys count for themselves, and the primary does not know their counters. `none`: there is no standby;
   * `unknown`: there is one that nobody asked; else the scans there, over all of them.
   */
  standbys: 'none' | 'unknown' | ReadonlyMap<string, number>;
}

export interface Advice {
  /** By falling gain. */
  creates: readonly CreateIndex[];
  drops: readonly DropIndex[];
  /** One for every query without advice. */
  reasons: readonly QueryReason[];
  /** Indexes that were thought of and turned down for a reason of their own. */
  refused: readonly RefusedIndex[];
  /** Existing indexes that nobody seems to need, and why they stay all the same. */
  kept: readonly KeptIndex[];
  stats: AdviceStats;
}

export type ReasonCode =
  | 'already-served'
  | 'table-too-small'
  | 'no-condition'
  | 'not-selective'
  | 'write-cost'
  | 'small-gain'
  | 'unsteady'
  | 'refused-type'
  | 'not-supported'
  | 'not-plannable'
  | 'budget'
  | 'limit'
  | 'deadline'
  | 'writes-only';

export interface QueryReason {
  query: WorkloadQuery;
  code: ReasonCode;
  /** One sentence without a full stop. */
  reason: string;
}

export interface RefusedIndex {
  index: IndexDefinition;
  code: ReasonCode;
  reason: string;
}

export interface KeptIndex {
  /** `schema.index`. */
  name: string;
  table: string;
  reason: string;
}

export interface AdviceStats {
  /** Plans that the back-end was asked for; those from the cache not counted. */
  plansAsked: number;
  candidates: number;
  elapsedMs: number;
  /** false: the deadline came first, and this is the best until then. */
  complete: boolean;
  /** Estimated time of the workload with all new indexes as a share of the time without, writes included. */
  expectedShare: number;
}
