import type { Node, SelectStmt } from '@pgsql/types';
import { columnPath } from '../../_shared/sql/ast.ts';
import { conjuncts, fromTables, isPlain, outputColumns, withConditions } from './tree.ts';
import type { Rewriter } from './types.ts';

/** Each arm becomes a query; more of them would read more than they save. */
const MAX_ARMS = 3;

/**
 * An OR over different columns as UNION ALL of one query for each side. Every later query leaves out what an earlier
 * one has returned, so that rows that meet both conditions come once and equal rows are kept.
 */
export const orUnion: Rewriter = ({ select, catalog, tree }) => {
  const tables = fromTables(select, catalog);
  if (tables === null || !isPlain(select)) return null;
  const all = conjuncts(select.whereClause);
  const alternatives = all.filter(isOr);
  const [alternative] = alternatives;
  const arms = alternative?.BoolExpr.args ?? [];
  if (alternative === undefined || alternatives.length > 1 || arms.length > MAX_ARMS) return null;
  const sortClause = select.sortClause ?? [];
  if (!sortClause.every((item) => sortsByOutput(item, outputColumns(select, tables)))) return null;
  const others = all.filter((condition) => condition !== alternative);
  const { sortClause: _, limitCount, limitOffset, limitOption, ...plain } = select;
  const branches = arms.map((arm, position): SelectStmt => {
    const earlier = arms.slice(0, position).map((one) => tree.expression(`(${tree.sql(one)}) IS NOT TRUE`));
    return withConditions({ ...plain, limitOption: 'LIMIT_OPTION_DEFAULT' }, [...others, arm, ...earlier]);
  });
  const union = branches.map((branch) => tree.statement(branch)).join(' UNION ALL ');
  const after: SelectStmt = {
    ...tree.select(union),
    ...(sortClause.length === 0 ? {} : { sortClause: sortClause.map(unqualified) }),
    ...(limitCount === undefined ? {} : { limitCount }),
    ...(limitOffset === undefined ? {} : { limitOffset }),
    ...(limitOption === undefined ? {} : { limitOption }),
  };
  return {
    after: tree.statement(after),
    comparison: { kind: 'rows' },
    because: 'No index serves an OR over different columns or tables; each side by itself can use its own',
    notes: ['Each side needs an index of its own; later sides leave out what earlier ones have returned.'],
  };
};

function isOr(node: Node): node is Extract<Node, { BoolExpr: unknown }> {
  return 'BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR';
}

/** ORDER BY of a UNION knows output columns only. */
function sortsByOutput(item: Node, output: readonly (string | null)[]): boolean {
  if (!('SortBy' in item) || item.SortBy.node === undefined || !('ColumnRef' in item.SortBy.node))
    return false;
  const name = columnPath(item.SortBy.node.ColumnRef).path.at(-1);
  return name !== undefined && output.filter((column) => column === name).length === 1;
}

function unqualified(item: Node): Node {
  if (!('SortBy' in item) || item.SortBy.node === undefined || !('ColumnRef' in item.SortBy.node))
    return item;
  const fields = item.SortBy.node.ColumnRef.fields?.slice(-1);
  return { SortBy: { ...item.SortBy, node: { ColumnRef: fields === undefined ? {} : { fields } } } };
}
