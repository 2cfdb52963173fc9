import type { PlanNode } from './plan.ts';

/** Every step, outer ones first. */
export function* walkPlan(root: PlanNode): Generator<PlanNode> {
  yield root;
  for (const child of root.children) yield* walkPlan(child);
}

/** Names of the indexes that a plan reads, each once, in the order of the plan. */
export function usedIndexes(root: PlanNode): string[] {
  return [...new Set([...walkPlan(root)].map(({ index }) => index).filter((name) => name !== null))];
}

/** Pages that a run touched: shared ones of the whole plan, which the root's counters include, and temporary ones. */
export function totalBuffers({ sharedHit, sharedRead, tempBlocks }: PlanNode): number | null {
  if (sharedHit === null && sharedRead === null) return null;
  return (sharedHit ?? 0) + (sharedRead ?? 0) + (tempBlocks ?? 0);
}

/**
 * How far the planner was off at a step, as a factor of at least 1, in either direction; null where it was not run.
 * Both counts are of one loop, and below one row nothing is learned from a ratio.
 */
export function estimateFactor({ estimatedRows, actualRows, loops }: PlanNode): number | null {
  if (estimatedRows === null || actualRows === null || loops === 0) return null;
  const estimated = Math.max(1, estimatedRows);
  const actual = Math.max(1, actualRows);
  return Math.max(estimated / actual, actual / estimated);
}

/** The step with the worst estimate, and by how much; null when nothing was run. */
export function worstEstimate(root: PlanNode): { node: PlanNode; factor: number } | null {
  let worst: { node: PlanNode; factor: number } | null = null;
  for (const node of walkPlan(root)) {
    const factor = estimateFactor(node);
    if (factor !== null && factor > (worst?.factor ?? 0)) worst = { node, factor };
  }
  return worst;
}
