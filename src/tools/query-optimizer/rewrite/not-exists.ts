import type { Node, SelectStmt, SubLink } from '@pgsql/types';
import {
  conjuncts,
  type FromTable,
  fromTables,
  isPlain,
  type ResolvedColumn,
  resolveIn,
  withConditions,
} from './tree.ts';
import type { Rewriter } from './types.ts';

/**
 * NOT IN over a subquery as NOT EXISTS, which is planned as an anti join. They mean the same only without NULLs: one
 * NULL among the subquery's rows makes NOT IN return nothing at all.
 */
export const notExists: Rewriter = ({ select, catalog, tree }) => {
  const outer = fromTables(select, catalog);
  if (outer === null) return null;
  const notes: string[] = [];
  let changed = false;
  const conditions = conjuncts(select.whereClause).flatMap((condition) => {
    const link = notInOf(condition);
    const parts = link === null ? null : partsOf(link, outer, (inner) => fromTables(inner, catalog));
    if (parts === null) return [condition];
    changed = true;
    const { subselect, column, compared } = parts;
    const equal = tree.expression(`${column.sql} = ${compared.sql}`);
    const exists: SelectStmt = {
      ...withConditions(subselect, [...conjuncts(subselect.whereClause), equal]),
      targetList: [{ ResTarget: { val: tree.expression('1') } }],
    };
    if (!column.column.notNull) {
      notes.push(
        `It is the same only while ${column.table.name}.${column.column.name} holds no NULL among these rows: with one, NOT IN returns no row at all, which is hardly meant.`,
      );
    }
    const negated = tree.expression(`NOT EXISTS (${tree.statement(exists)})`);
    if (compared.column.notNull) return [negated];
    notes.push(
      `Rows without ${compared.column.name} stay out, as NOT IN leaves them out, unless the subquery is empty.`,
    );
    return [tree.expression(`${compared.sql} IS NOT NULL`), negated];
  });
  if (!changed) return null;
  return {
    after: tree.statement(withConditions(select, conditions)),
    comparison: { kind: 'rows' },
    because: 'NOT EXISTS is planned as an anti join, and a NULL in the subquery does not empty the result',
    notes,
  };
};

function notInOf(condition: Node): SubLink | null {
  if (!('BoolExpr' in condition) || condition.BoolExpr.boolop !== 'NOT_EXPR') return null;
  const [argument] = condition.BoolExpr.args ?? [];
  if (argument === undefined || !('SubLink' in argument)) return null;
  const { subLinkType, operName } = argument.SubLink;
  return subLinkType === 'ANY_SUBLINK' && operName === undefined ? argument.SubLink : null;
}

/** Both columns with the names of their tables, and the subquery; null where a name could come to mean something else. */
function partsOf(
  { testexpr, subselect }: SubLink,
  outer: readonly FromTable[],
  tablesOf: (select: SelectStmt) => FromTable[] | null,
): { subselect: SelectStmt; column: ResolvedColumn; compared: ResolvedColumn } | null {
  if (testexpr === undefined || !('ColumnRef' in testexpr)) return null;
  if (subselect === undefined || !('SelectStmt' in subselect)) return null;
  const inside = subselect.SelectStmt;
  const inner = tablesOf(inside);
  if (
    inner === null ||
    !isPlain(inside) ||
    inside.limitCount !== undefined ||
    inside.limitOffset !== undefined
  )
    return null;
  const [target, ...more] = inside.targetList ?? [];
  if (target === undefined || more.length > 0 || !('ResTarget' in target)) return null;
  const value = target.ResTarget.val;
  if (value === undefined || !('ColumnRef' in value)) return null;
  const compared = resolveIn(testexpr.ColumnRef, outer);
  const column = resolveIn(value.ColumnRef, inner);
  if (compared === null || column === null) return null;
  const isHidden = inner.some(({ alias }) => alias === compared.alias);
  return isHidden ? null : { subselect: inside, column, compared };
}
