/** One step of an execution plan, in our words; from EXPLAIN (FORMAT JSON) of any dialect, or from auto_explain. */
export interface PlanNode {
  /** As the server names it: `Seq Scan`, `Nested Loop`. */
  type: string;
  /** Schema-qualified where the server says it; null for steps that read no table. */
  table: string | null;
  alias: string | null;
  index: string | null;
  startupCost: number | null;
  totalCost: number | null;
  /** The planner's guess, for one loop. */
  estimatedRows: number | null;
  estimatedWidth: number | null;
  /** Only where it was run: rows and time of one loop, and how often it was run. */
  actualRows: number | null;
  actualMs: number | null;
  loops: number | null;
  rowsRemoved: number | null;
  /** Conditions as text, by the server's name for them: `Filter`, `Index Cond`, `Hash Cond`, `Sort Key`. */
  conditions: Readonly<Record<string, string>>;
  sharedHit: number | null;
  sharedRead: number | null;
  tempBlocks: number | null;
  children: readonly PlanNode[];
}

export interface Plan {
  root: PlanNode;
  /** Digest of the shape: steps, tables, indexes and conditions without constants. Costs and counts do not move it. */
  hash: string;
  totalCost: number | null;
  planningMs: number | null;
  executionMs: number | null;
}
