import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Plan } from '../../_shared/database/plan.ts';
import type { WhatIf } from './types.ts';

export interface CloneOptions {
  /** Qualified names of the tables whose rows are needed; what they refer to is copied, too, as far as it is needed. */
  tables: readonly string[];
  /** Of rows, over all tables; larger tables are sampled so that they fit. */
  maxBytes: number;
  /** How fast rows may be read from the user's server; default 50 MB/s. */
  maxBytesPerSecond?: number;
}

/**
 * A copy of tables with their rows, indexes and statistics in a throwaway server: the place where things are really done
 * and measured. One statement at a time.
 */
export interface Clone extends WhatIf {
  readonly kind: 'clone';
  /** Tables of which only a part was copied, with the share, 0 to 1. */
  readonly sampled: readonly { table: string; share: number }[];
  /** Rows copied, over all tables. */
  readonly rows: number;
  /** Any statements, as the owner of the copy, who is no superuser: what they do stays in it. */
  execute(sql: string): Promise<void>;
  query<Row extends Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs one statement without placeholders with EXPLAIN (ANALYZE, BUFFERS, TIMING OFF): rows and pages of each step, time of
   * the whole. E_TIMEOUT when it takes longer.
   */
  explainAnalyze(sql: string, options?: RunOptions): Promise<Plan>;
  /** Runs a query and digests its rows: in their order, or as a multiset. Its time includes the digesting. */
  checksum(
    sql: string,
    options?: RunOptions & { ordered?: boolean },
  ): Promise<{ digest: string; rows: number }>;
  /** Really builds it. Resolves with its name (`schema.index`) and size. */
  createIndex(index: IndexDefinition): Promise<{ name: string; bytes: number; buildMs: number }>;
  /** @param name `schema.index` */
  dropIndex(name: string): Promise<void>;
  /** ANALYZE, and VACUUM for the visibility map, of one table or of all. */
  analyze(table?: string): Promise<void>;
  /** `a copy of 3 tables (120,000 rows) in PostgreSQL 16.14` */
  describe(): string;
}

export interface RunOptions {
  /** Default 60 s. */
  timeoutMs?: number;
}
