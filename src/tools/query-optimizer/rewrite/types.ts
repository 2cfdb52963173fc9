import type { SelectStmt } from '@pgsql/types';
import type { Catalog } from '../../_shared/database/catalog.ts';
import type { Comparison } from '../recommendation.ts';
import type { WorkloadQuery } from '../workload.ts';
import type { Tree } from './tree.ts';

/** What a rewriter is given: its own copy of the syntax tree, to change as it likes. */
export interface RewriteInput {
  select: SelectStmt;
  query: WorkloadQuery;
  catalog: Catalog;
  tree: Tree;
}

export interface Rewritten {
  after: string;
  comparison: Comparison;
  /** Why, in one sentence without a full stop. */
  because: string;
  /** What whoever uses it has to know. */
  notes: readonly string[];
}

/** null: the query is not of this kind, or nothing can be said for certain about what the rewrite would return. */
export type Rewriter = (input: RewriteInput) => Rewritten | null;
