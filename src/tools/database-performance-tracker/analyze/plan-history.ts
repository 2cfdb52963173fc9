import { z } from 'zod';
import type { Plan } from '../../_shared/database/plan.ts';
import { walkPlan } from '../../_shared/database/plan-walk.ts';
import type { PlanNode } from '../../_shared/database/plan.ts';
import { type Misestimate, misestimatesOf } from './misestimates.ts';

const misestimateSchema = z.object({
  step: z.string(),
  table: z.string().nullable(),
  expected: z.number(),
  actual: z.number(),
  factor: z.number(),
}) satisfies z.ZodType<Misestimate>;

/** What is kept of the plan of a statement: its shape, without conditions and so without anybody's values. */
export const keptPlanSchema = z.object({
  /** Normalised text of the statement. */
  text: z.string(),
  hash: z.string(),
  totalCost: z.number().nullable(),
  /** One line a step, indented by depth. */
  steps: z.array(z.string()),
  /** Reads of tables, with the rows the planner expects of each of their runs. */
  scans: z.array(
    z.object({
      table: z.string().nullable(),
      index: z.string().nullable(),
      estimatedRows: z.number().nullable(),
    }),
  ),
  /** planned: for any parameters, by us; logged: of one call, by auto_explain. The two differ without any change. */
  origin: z.enum(['planned', 'logged']).default('planned'),
  /** Where it was run and measured: steps about whose rows the planner was far off, the worst first. */
  misestimates: z.array(misestimateSchema).default([]),
});
export type KeptPlan = z.infer<typeof keptPlanSchema>;

/** Document of one observation of kind PLANS. */
export const keptPlansSchema = z.object({ plans: z.array(keptPlanSchema) });

/** A plan of one statement at one time. */
export interface PlanLook extends KeptPlan {
  atMs: number;
}

export function keepPlan(
  text: string,
  { root, hash, totalCost }: Plan,
  origin: KeptPlan['origin'] = 'planned',
): KeptPlan {
  return {
    text,
    hash,
    totalCost,
    steps: stepsOf(root, 0),
    scans: [...walkPlan(root)]
      .filter(({ table, index }) => table !== null || index !== null)
      .map(({ table, index, estimatedRows }) => ({ table, index, estimatedRows })),
    origin,
    misestimates: misestimatesOf(root),
  };
}

function stepsOf({ type, table, index, estimatedRows, children }: PlanNode, depth: number): string[] {
  const on = table === null ? '' : ` on ${table}`;
  const using = index === null ? '' : ` using ${index}`;
  const rows = estimatedRows === null ? '' : ` (${Math.round(estimatedRows)} rows expected)`;
  return [
    `${'  '.repeat(depth)}${type}${using}${on}${rows}`,
    ...children.flatMap((child) => stepsOf(child, depth + 1)),
  ];
}

/** From one plan of a statement to another. */
export interface PlanChange {
  /** The change lies between these two looks. */
  before: PlanLook;
  after: PlanLook;
}

/** Changes of the plan of one statement; `looks` in time order. Only plans of one origin are compared. */
export function planChanges(looks: readonly PlanLook[]): PlanChange[] {
  return looks.flatMap((after, at) => {
    const before = looks.slice(0, at).findLast(({ origin }) => origin === after.origin);
    return before !== undefined && before.hash !== after.hash ? [{ before, after }] : [];
  });
}

/** The change whose span touches the time between the two, and the nearest when there are several. */
export function changeAt(
  changes: readonly PlanChange[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): PlanChange | null {
  const touching = changes.filter(({ before, after }) => before.atMs <= toMs && after.atMs >= fromMs);
  const middleMs = (fromMs + toMs) / 2;
  const distance = ({ after }: PlanChange): number => Math.abs(after.atMs - middleMs);
  return touching.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}
