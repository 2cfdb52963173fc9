import type { A_Expr, Node, SelectStmt } from '@pgsql/types';
import { constantText, functionName, operatorName } from '../../_shared/sql/ast.ts';
import { highestParameter } from './tree.ts';
import type { Rewriter } from './types.ts';

/** `count(*) > 0` asks whether there is any row, and counts all of them to know. */
export const exists: Rewriter = ({ select, tree }) => {
  if (!isSimple(select)) return null;
  const [target, ...more] = select.targetList ?? [];
  if (target === undefined || more.length > 0 || !('ResTarget' in target)) return null;
  const { val, name } = target.ResTarget;
  if (val === undefined || !('A_Expr' in val)) return null;
  const asked = emptiness(val.A_Expr);
  if (asked === null || !isCountOfAll(val.A_Expr.lexpr)) return null;
  const rows = tree.statement({ ...select, targetList: [{ ResTarget: { val: tree.expression('1') } }] });
  const test = tree.expression(`${asked === 'none' ? 'NOT ' : ''}EXISTS (${rows})`);
  return {
    after: tree.statement(tree.select(`SELECT ${tree.sql(test)} AS ${name ?? '"exists"'}`)),
    comparison: { kind: 'any-row' },
    because: 'EXISTS stops at the first row; count(*) reads all of them to say the same',
    notes: [],
  };
};

/** A total that only decides about a "next page" link: whether there are more is known one row behind the page. */
export const hasMore: Rewriter = ({ select, tree }) => {
  const [target, ...more] = select.targetList ?? [];
  if (!isSimple(select) || target === undefined || more.length > 0 || !('ResTarget' in target)) return null;
  if (!isCountOfAll(target.ResTarget.val)) return null;
  const parameter = highestParameter(select) + 1;
  const rows: SelectStmt = {
    ...select,
    targetList: [{ ResTarget: { val: tree.expression('1') } }],
    limitOffset: { ParamRef: { number: parameter } },
    limitOption: 'LIMIT_OPTION_COUNT',
  };
  return {
    after: tree.statement(tree.select(`SELECT EXISTS (${tree.statement(rows)}) AS has_more`)),
    comparison: { kind: 'more', parameter },
    because: 'A list needs to know whether there is a next page, seldom how many rows there are in all',
    notes: [
      `$${parameter} is the number of rows up to the end of the page that is shown.`,
      'It answers "are there more?", not "how many?": take it where the total is not shown, or ask for one row more than a page and leave the second query out.',
    ],
  };
};

function isSimple({
  op,
  groupClause,
  havingClause,
  distinctClause,
  limitCount,
  limitOffset,
  fromClause,
}: SelectStmt): boolean {
  return (
    (op ?? 'SETOP_NONE') === 'SETOP_NONE' &&
    fromClause !== undefined &&
    [groupClause, havingClause, distinctClause, limitCount, limitOffset].every(
      (clause) => clause === undefined,
    )
  );
}

function isCountOfAll(node: Node | undefined): boolean {
  if (node === undefined || !('FuncCall' in node)) return false;
  const { agg_star: star, agg_filter: filter, over } = node.FuncCall;
  return (
    functionName(node.FuncCall) === 'count' && star === true && filter === undefined && over === undefined
  );
}

function emptiness(expression: A_Expr): 'some' | 'none' | null {
  const { kind, rexpr } = expression;
  if (kind !== 'AEXPR_OP' || rexpr === undefined || !('A_Const' in rexpr)) return null;
  const asked = `${operatorName(expression)} ${constantText(rexpr.A_Const)}`;
  if (['> 0', '>= 1', '<> 0'].includes(asked)) return 'some';
  return ['= 0', '< 1'].includes(asked) ? 'none' : null;
}
