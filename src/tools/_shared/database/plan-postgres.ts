import { z } from 'zod';
import { planHash } from './plan-hash.ts';
import type { Plan, PlanNode } from './plan.ts';

/** One step as PostgreSQL prints it; of its many fields, those that say what it does and how much. */
const stepSchema = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  Schema: z.string().optional(),
  Alias: z.string().optional(),
  'Index Name': z.string().optional(),
  'CTE Name': z.string().optional(),
  'Startup Cost': z.number().optional(),
  'Total Cost': z.number().optional(),
  'Plan Rows': z.number().optional(),
  'Plan Width': z.number().optional(),
  'Actual Rows': z.number().optional(),
  'Actual Total Time': z.number().optional(),
  'Actual Loops': z.number().optional(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Join Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  'Shared Hit Blocks': z.number().optional(),
  'Shared Read Blocks': z.number().optional(),
  'Temp Read Blocks': z.number().optional(),
  'Temp Written Blocks': z.number().optional(),
  get Plans() {
    return z.array(stepSchema).optional();
  },
});
type Step = z.infer<typeof stepSchema>;

const planSchema = z.looseObject({
  Plan: stepSchema,
  'Planning Time': z.number().optional(),
  'Execution Time': z.number().optional(),
});

/** EXPLAIN gives a list of one; auto_explain gives the object. */
const documentSchema = z.union([z.tuple([planSchema]).transform(([plan]) => plan), planSchema]);

/**
 * The plan in EXPLAIN (FORMAT JSON) of PostgreSQL, with or without ANALYZE and BUFFERS, or in an auto_explain entry.
 *
 * @param json the document, as text or parsed
 * @returns null when it is no such document
 */
export function parsePlan(json: unknown): Plan | null {
  const parsed = documentSchema.safeParse(typeof json === 'string' ? parseJson(json) : json);
  if (!parsed.success) return null;
  const root = nodeOf(parsed.data.Plan);
  return {
    root,
    hash: planHash(root),
    totalCost: root.totalCost,
    planningMs: parsed.data['Planning Time'] ?? null,
    executionMs: parsed.data['Execution Time'] ?? null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nodeOf(step: Step): PlanNode {
  const removed = [
    step['Rows Removed by Filter'],
    step['Rows Removed by Join Filter'],
    step['Rows Removed by Index Recheck'],
  ].filter((rows) => rows !== undefined);
  return {
    type: typeOf(step),
    table: tableOf(step),
    alias: step.Alias ?? null,
    index: step['Index Name'] ?? null,
    startupCost: step['Startup Cost'] ?? null,
    totalCost: step['Total Cost'] ?? null,
    estimatedRows: step['Plan Rows'] ?? null,
    estimatedWidth: step['Plan Width'] ?? null,
    actualRows: step['Actual Rows'] ?? null,
    actualMs: step['Actual Total Time'] ?? null,
    loops: step['Actual Loops'] ?? null,
    rowsRemoved: removed.length === 0 ? null : removed.reduce((sum, rows) => sum + rows, 0),
    conditions: conditionsOf(step),
    sharedHit: step['Shared Hit Blocks'] ?? null,
    sharedRead: step['Shared Read Blocks'] ?? null,
    tempBlocks: sumOf(step['Temp Read Blocks'], step['Temp Written Blocks']),
    children: (step.Plans ?? []).map(nodeOf),
  };
}

/** The words of EXPLAIN's text form: the JSON has join type, strategy and operation in fields of their own. */
function typeOf(step: Step): string {
  const type = step['Node Type'];
  const text = (name: string): string | undefined =>
    typeof step[name] === 'string' ? step[name] : undefined;
  if (type === 'Aggregate') {
    const strategies: Readonly<Record<string, string>> = {
      Sorted: 'GroupAggregate',
      Hashed: 'HashAggregate',
      Mixed: 'MixedAggregate',
    };
    const partial = text('Partial Mode');
    const name = strategies[text('Strategy') ?? ''] ?? type;
    return partial === undefined || partial === 'Simple' ? name : `${partial} ${name}`;
  }
  if (type === 'ModifyTable') return text('Operation') ?? type;
  const join = text('Join Type');
  if (join === undefined || join === 'Inner') return type;
  return type === 'Nested Loop' ? `${type} ${join} Join` : type.replace('Join', `${join} Join`);
}

function tableOf(step: Step): string | null {
  const name = step['Relation Name'];
  if (name === undefined) return null;
  return step.Schema === undefined ? name : `${step.Schema}.${name}`;
}

const CONDITIONS = [
  'Filter',
  'Index Cond',
  'Recheck Cond',
  'Join Filter',
  'Hash Cond',
  'Merge Cond',
  'TID Cond',
  'One-Time Filter',
  'Order By',
  'Sort Key',
  'Presorted Key',
  'Group Key',
  'Cache Key',
  'CTE Name',
  'Scan Direction',
];

function conditionsOf(step: Step): Record<string, string> {
  const conditions: Record<string, string> = {};
  for (const name of CONDITIONS) {
    const value = step[name];
    if (typeof value === 'string') conditions[name] = value;
    else if (Array.isArray(value)) conditions[name] = value.join(', ');
  }
  return conditions;
}

function sumOf(a: number | undefined, b: number | undefined): number | null {
  return a === undefined && b === undefined ? null : (a ?? 0) + (b ?? 0);
}
