import type { IndexDefinition } from '../_shared/database/catalog.ts';
import type { Plan } from '../_shared/database/plan.ts';
import type { Value } from '../_shared/sql/types.ts';
import type { WorkloadQuery } from './workload.ts';

export type Recommendation = CreateIndex | DropIndex | Rewrite;

interface Common {
  /** Eight hex digits of what is recommended: the same advice has the same name in every run. */
  id: string;
  /** Why, in one sentence. */
  because: string;
  /** What the user runs: complete, safe while the backend works. */
  statement: string;
  /** Undoes it. */
  rollback: string;
  /** Locks taken, waits, what is left behind on failure. */
  notes: readonly string[];
  /** Share of the workload's time that it saves, 0 to 1, by the planner's estimate. */
  gainShare: number;
  /** null: not tried, see coverage. */
  proof: Proof | null;
}

export interface CreateIndex extends Common {
  kind: 'create-index';
  index: IndexDefinition;
  name: string;
  sizeBytes: number;
  /** Extra work of writers, in the unit of `gainShare`. */
  writeShare: number;
  effects: readonly QueryEffect[];
}

export interface DropIndex extends Common {
  kind: 'drop-index';
  /** `schema.index`. */
  name: string;
  table: string;
  /** What serves in its place; null: nothing needs it. */
  coveredBy: string | null;
  sizeBytes: number;
  /** Largest estimated slowdown of any query without it; 1 is none. */
  worstRatio: number;
}

export interface Rewrite extends Common {
  kind: 'rewrite';
  /** The rule that it follows from: `query-optimizer/deep-offset`. */
  rule: string;
  query: WorkloadQuery;
  /** The same query in SQL, as it should be. */
  after: string;
  /** What "the same result" means for it. */
  comparison: Comparison;
  /** In the language of the user's own data access, where the source is known. */
  source: { orm: string; before: string | null; after: string } | null;
}

/** How the results of a query and of its rewrite compare. Parameters of both have the same numbers. */
export type Comparison =
  /** The same rows for the same values. */
  | { kind: 'rows' }
  /**
   * Page by page: the first page is the query's own; each further one follows from the last row of the page before,
   * whose output columns are handed on as parameters of the rewrite. `ordered` is the query with the same order made
   * total, for the pages to be comparable.
   */
  | {
      kind: 'pages';
      ordered: string;
      limit: Value;
      offset: Value;
      handOn: readonly { column: string; parameter: number }[];
    }
  /**
   * One call with a list gives the rows of as many calls: `parameter` is one key before, an array of keys after.
   * `added` is the column that then says which key a row is for; null: the rows had it already.
   */
  | { kind: 'batch'; parameter: number; added: string | null }
  /** Both answer the same question in other words: whether there is any row. */
  | { kind: 'any-row' }
  /** The query counts; its rewrite says whether there are more than the value of `parameter`. */
  | { kind: 'more'; parameter: number };

/** What an index does to one query, by the planner. */
export interface QueryEffect {
  query: WorkloadQuery;
  /** With placeholders, or with values: which ones. */
  values: 'generic' | 'typical' | 'rare' | 'frequent' | 'absent';
  costBefore: number;
  costAfter: number;
  planBefore: Plan;
  planAfter: Plan;
}

/** What was measured when it was really done, on a copy. */
export interface Proof {
  verdict: 'proven' | 'refuted' | 'not-proven';
  /** One sentence. */
  reason: string;
  /** `a copy of 3 tables (120,000 rows) in PostgreSQL 16.14`. */
  where: string;
  /** Tables of which only a part was copied, with the share. */
  sampled: readonly { table: string; share: number }[];
  rounds: number;
  queries: readonly QueryProof[];
  /** Of a new index, as built. */
  sizeBytes: number | null;
}

export interface QueryProof {
  key: string;
  label: string;
  before: Measured;
  after: Measured;
  sameResult: boolean;
}

export interface Measured {
  /** Median over the rounds. */
  milliseconds: number;
  /** Pages touched, shared and temporary. */
  buffers: number;
  /** Digest of the result, independent of order where the query leaves it open. */
  checksum: string;
  plan: Plan;
}
