import { walkPlan } from '../../_shared/database/plan-walk.ts';
import type { Plan } from '../../_shared/database/plan.ts';

const MAX_STEPS = 3;

/** How a plan reads its tables, in a line: `Seq Scan orders, Index Scan customers`. */
export function planSummary({ root }: Plan): string {
  const scans = [...walkPlan(root)].filter(({ table, index }) => table !== null || index !== null);
  const steps = [...new Set(scans.map(({ type, table, index }) => `${type} ${bareName(table) ?? index}`))];
  if (steps.length === 0) return root.type;
  const shown = steps.slice(0, MAX_STEPS).join(', ');
  return steps.length > MAX_STEPS ? `${shown} and ${steps.length - MAX_STEPS} more` : shown;
}

function bareName(name: string | null): string | null {
  return name === null ? null : (name.split('.').at(-1) ?? name);
}
