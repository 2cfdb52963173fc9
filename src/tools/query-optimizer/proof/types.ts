import type { Catalog } from '../../_shared/database/catalog.ts';
import type { Recommendation } from '../recommendation.ts';
import type { Clone } from '../what-if/clone-types.ts';
import type { Workload } from '../workload.ts';

/** What a proof needs of a copy of the user's data. Nobody else may use its connection meanwhile. */
export type Sandbox = Pick<Clone, 'describe' | 'sampled' | 'query' | 'execute' | 'createIndex' | 'analyze'>;

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
