import type { Plan, PlanNode } from '../plan.ts';
import { planHash } from '../plan-hash.ts';

/** A row of EXPLAIN QUERY PLAN. */
export interface SqlitePlanRow extends Record<string, unknown> {
  id: number;
  parent: number;
  notused: number;
  detail: string;
}

/**
 * The plan in EXPLAIN QUERY PLAN. SQLite prints no costs; `SCAN` reads all of a table or of an index, `SEARCH` looks up.
 * Steps side by side are nested loops, the first the outermost.
 */
export function sqlitePlan(rows: readonly SqlitePlanRow[]): Plan {
  const root: PlanNode = { ...EMPTY, type: 'Query', children: childrenOf(0, rows) };
  return { root, hash: planHash(root), totalCost: null, planningMs: null, executionMs: null };
}

const EMPTY: PlanNode = {
  type: '',
  table: null,
  alias: null,
  index: null,
  startupCost: null,
  totalCost: null,
  estimatedRows: null,
  estimatedWidth: null,
  actualRows: null,
  actualMs: null,
  loops: null,
  rowsRemoved: null,
  conditions: {},
  sharedHit: null,
  sharedRead: null,
  tempBlocks: null,
  children: [],
};

function childrenOf(parent: number, rows: readonly SqlitePlanRow[]): PlanNode[] {
  return rows
    .filter((row) => row.parent === parent)
    .map(({ id, detail }) => ({ ...stepOf(detail), children: childrenOf(id, rows) }));
}

/** `SEARCH o USING COVERING INDEX by_customer (customer_id=? AND created>?)`; before 3.36 `SCAN TABLE orders AS o`. */
const STEP =
  /^(SCAN|SEARCH) (?:TABLE )?(\S+)(?: AS (\S+))?(?: USING (?:(AUTOMATIC )?(?:PARTIAL )?(COVERING )?INDEX (\S+)|(INTEGER PRIMARY KEY|ROWID SEARCH|PRIMARY KEY)))?(?: \((.*)\))?/;

function stepOf(detail: string): PlanNode {
  const match = STEP.exec(detail);
  if (match === null) return { ...EMPTY, type: detail };
  const [, verb, name = '', alias, automatic, covering, index, rowid, conditions] = match;
  const isConstant = /^(?:CONSTANT|\d+)$/.test(name) && verb === 'SCAN';
  if (isConstant) return { ...EMPTY, type: detail };
  return {
    ...EMPTY,
    type: [verb, automatic && 'AUTOMATIC', covering && 'COVERING'].filter(Boolean).join(' '),
    table: name,
    alias: alias ?? name,
    index: rowid === undefined ? (index ?? null) : 'rowid',
    conditions: conditions === undefined ? {} : { 'Index Cond': conditions },
  };
}

/** Tables (or their aliases) that are read whole, or that an index is made for each time. */
export function scannedTables({ root }: Plan): string[] {
  const own = (node: PlanNode): string[] => [
    ...(node.table !== null && (node.type.startsWith('SCAN') || node.type.includes('AUTOMATIC'))
      ? [node.table]
      : []),
    ...node.children.flatMap(own),
  ];
  return own(root);
}

/** It sorts, or groups through a table made for it. */
export function sorts({ root }: Plan): boolean {
  const any = (node: PlanNode): boolean => node.type.startsWith('USE TEMP B-TREE') || node.children.some(any);
  return any(root);
}
