import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Plan } from '../../_shared/database/plan.ts';

/**
 * Answers "how would this query be planned if the indexes were these?" without touching the user's server. One at a
 * time: calls are answered in order.
 */
export interface WhatIf {
  readonly kind: 'hypopg' | 'ghost' | 'clone';
  /** For people: `a statistics-only clone in PostgreSQL 16.14`. */
  readonly label: string;
  /** What its answers do not take into account, a sentence each; they go into coverage. */
  readonly limits: readonly string[];
  /** Whether it can think of such an index at all. */
  supports(index: IndexDefinition): boolean;
  /**
   * The plan under a configuration. `sql` is one statement without placeholders, or with `$n` and `generic`. Throws
   * E_SQL_REFUSED when the server does not take it.
   */
  plan(sql: string, configuration: Configuration, options?: { generic?: boolean }): Promise<Plan>;
  /** Expected size of an index that does not exist, in bytes. */
  sizeOf(index: IndexDefinition): Promise<number>;
  close(): Promise<void>;
}

export interface Configuration {
  /** Indexes that do not exist, beside those that do. */
  add: readonly IndexDefinition[];
  /** Names (`schema.index`) of indexes that do exist, to be hidden. */
  hide: readonly string[];
}

export const AS_IT_IS: Configuration = { add: [], hide: [] };
