import type { Origin } from '../_shared/database/origin.ts';
import type { QueryShape } from '../_shared/sql/types.ts';

/** What a database was asked in a window: statements that are the same query for us, as one. */
export interface Workload {
  fromMs: number;
  toMs: number;
  queries: readonly WorkloadQuery[];
  /** Statements that could not be understood, and why; nothing is left out in silence. */
  leftOut: readonly { text: string | null; reason: string; totalMs: number }[];
  /** Rows inserted, updated (of these: without touching an index) and deleted in the window, by `schema.table`. */
  writes: ReadonlyMap<string, TableWrites>;
}

export interface TableWrites {
  inserted: number;
  updated: number;
  hotUpdated: number;
  deleted: number;
}

export interface WorkloadQuery {
  shape: QueryShape;
  /** Normalised, with `$n`; the most called first. */
  texts: readonly string[];
  calls: number;
  /** Execution and planning of all calls: the weight of the query. */
  totalMs: number;
  meanMs: number;
  rows: number;
  sharedBuffers: number;
  exactness: 'exact' | 'lower-bound';
  origins: readonly Origin[];
}
