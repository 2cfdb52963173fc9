import type { PlanNode } from '../../_shared/database/plan.ts';
import { estimateFactor, walkPlan } from '../../_shared/database/plan-walk.ts';

/** A step of a plan that was run and measured, where the planner expected far more or fewer rows. */
export interface Misestimate {
  /** `Index Scan using sale_shop`. */
  step: string;
  /** As the plan has it; null for steps that read no table. */
  table: string | null;
  /** Rows of one run of the step. */
  expected: number;
  actual: number;
  /** At least 1, in either direction. */
  factor: number;
}

/** Less is everyday, and seldom changes a plan. */
const FAR_OFF = 10;
const MOST = 5;

/** The worst steps first; empty where it was not run with ANALYZE, or the planner was about right. */
export function misestimatesOf(root: PlanNode): Misestimate[] {
  return [...walkPlan(root)]
    .flatMap((node): Misestimate[] => {
      const factor = estimateFactor(node);
      const { type, index, table, estimatedRows, actualRows } = node;
      if (factor === null || factor < FAR_OFF || estimatedRows === null || actualRows === null) return [];
      const step = index === null ? type : `${type} using ${index}`;
      return [{ step, table, expected: estimatedRows, actual: actualRows, factor }];
    })
    .toSorted((a, b) => b.factor - a.factor)
    .slice(0, MOST);
}

/** auto_explain names tables without their schema: the only one of that name is meant. */
export function qualified(
  table: string | null,
  known: readonly { schema: string; name: string }[],
): string | null {
  if (table === null || table.includes('.')) return table;
  const [one, ...others] = known.filter(({ name }) => name === table);
  return one === undefined || others.length > 0 ? table : `${one.schema}.${one.name}`;
}
