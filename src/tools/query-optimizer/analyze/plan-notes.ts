import { estimateFactor, walkPlan } from '../../_shared/database/plan-walk.ts';
import { type Catalog, qualifiedName } from '../../_shared/database/catalog.ts';
import type { Plan, PlanNode } from '../../_shared/database/plan.ts';

/** Something in a plan that is worth a look. */
export interface PlanNote {
  /** One sentence. */
  text: string;
  tone: 'warn' | 'muted';
}

/** A table below this many rows is read whole as fast as in any other way. */
const MANY_ROWS = 10_000;
/** A scan that keeps less than this share of what it reads looks for rows that an index could find. */
const SMALL_SHARE = 0.05;
/** Estimates off by less lead to other plans only by accident. */
const FAR_OFF = 10;

/** What stands out in a plan; estimates where it was not run. */
export function notesOnPlan({ root }: Plan, catalog: Catalog): PlanNote[] {
  return [...walkPlan(root)].flatMap((node) => [
    ...selectiveScan(node, catalog),
    ...repeatedScan(node, catalog),
    ...spill(node),
    ...wrongEstimate(node),
  ]);
}

function selectiveScan(node: PlanNode, catalog: Catalog): PlanNote[] {
  const rows = rowsOf(node, catalog);
  if (
    node.type !== 'Seq Scan' ||
    rows === null ||
    rows < MANY_ROWS ||
    node.conditions['Filter'] === undefined
  )
    return [];
  const kept = node.actualRows ?? node.estimatedRows;
  if (kept === null || kept > rows * SMALL_SHARE) return [];
  const wanted = node.actualRows === null ? `an estimated ${grouped(kept)}` : grouped(kept);
  return [{ text: `${node.table} is read whole, some ${grouped(rows)} rows, for ${wanted}.`, tone: 'warn' }];
}

function repeatedScan({ type, children }: PlanNode, catalog: Catalog): PlanNote[] {
  const inner = children[1];
  if (type !== 'Nested Loop' || inner?.type !== 'Seq Scan') return [];
  const rows = rowsOf(inner, catalog);
  if (rows === null || rows < MANY_ROWS) return [];
  return [
    { text: `${inner.table} is read whole for every row of the other side of the join.`, tone: 'warn' },
  ];
}

function spill({ type, tempBlocks }: PlanNode): PlanNote[] {
  if (tempBlocks === null || tempBlocks === 0 || !/Sort|Hash|Aggregate|Materialize/.test(type)) return [];
  return [
    { text: `${type} does not fit into work_mem: ${grouped(tempBlocks)} temporary pages.`, tone: 'warn' },
  ];
}

function wrongEstimate(node: PlanNode): PlanNote[] {
  const factor = estimateFactor(node);
  if (factor === null || factor < FAR_OFF) return [];
  const where = node.table === null ? node.type : `${node.type} on ${node.table}`;
  return [
    {
      text: `${where}: ${grouped(node.actualRows ?? 0)} rows where ${grouped(node.estimatedRows ?? 0)} were expected, ${grouped(factor)} times off.`,
      tone: 'muted',
    },
  ];
}

function rowsOf({ table }: PlanNode, { tables }: Catalog): number | null {
  // Plans name tables without their schema unless they are asked to be verbose.
  return (
    tables.find((one) => qualifiedName(one) === table)?.rows ??
    tables.find(({ name }) => name === table)?.rows ??
    null
  );
}

export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
