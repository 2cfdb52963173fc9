import type { Plan } from '../../_shared/database/plan.ts';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Recommendation, Rewrite } from '../recommendation.ts';
import type { Workload } from '../workload.ts';

/** What a proof needs of a copy of the user's data: one connection that nobody else uses. */
export interface Sandbox {
  /** For people: `a copy of 3 tables (120,000 rows) in PostgreSQL 16.14`. */
  describe(): string;
  /** Tables of which only a part was copied, with the share. */
  readonly sampled: readonly { table: string; share: number }[];
  /** Runs one statement; rows by column name. */
  execute(sql: string): Promise<Record<string, unknown>[]>;
  /** Runs it under EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON). */
  explainAnalyze(sql: string): Promise<Plan>;
  /** Plans it without running it. */
  explain(sql: string): Promise<Plan>;
  /** Builds the index for real, under the given name; null as size where it cannot be told. */
  createIndex(index: IndexDefinition, name: string): Promise<{ sizeBytes: number | null }>;
}

export interface ProofOptions {
  /** Pairs of runs, before and after, of each query and each draw of values. */
  rounds: number;
  /** Longest one run may take. */
  timeoutMs: number;
  /** Everything together; what is not measured by then is not proven. */
  budgetMs: number;
  /** A query is slower when it takes more than `ratio` times as long and `ms` more. */
  slower: { ratio: number; ms: number };
}

export interface ProofRequest {
  recommendations: readonly Recommendation[];
  workload: Workload;
  catalog: Catalog;
  clone: Sandbox;
  options: ProofOptions;
  random: () => number;
  signal: AbortSignal;
  progress: (done: number, total: number, what: string) => void;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs: () => number;
}

export type ProveRecommendations = (request: ProofRequest) => Promise<Recommendation[]>;
export type ProveRewrite = (
  request: Omit<ProofRequest, 'recommendations'> & { rewrite: Rewrite },
) => Promise<Rewrite>;
