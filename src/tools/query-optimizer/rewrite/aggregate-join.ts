import type { FuncCall, Node, SelectStmt, SubLink } from '@pgsql/types';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { functionName, isAggregate, walk } from '../../_shared/sql/ast.ts';
import {
  equalitySides,
  conjuncts,
  type FromTable,
  fromTables,
  isPlain,
  type ResolvedColumn,
  resolveIn,
  withConditions,
} from './tree.ts';
import type { Rewriter, RewriteInput } from './types.ts';

/**
 * A correlated aggregate in the select list as a join with the aggregates of all keys, computed once. Whether that is
 * faster depends on how many rows are around it, which the proof measures.
 */
export const aggregateJoin: Rewriter = (input) => {
  const { select, catalog, tree } = input;
  const outer = fromTables(select, catalog);
  if (outer === null || !isPlain({ ...select, targetList: [] }) || select.limitOffset !== undefined)
    return null;
  const joins: string[] = [];
  const targetList = (select.targetList ?? []).map((target): Node => {
    if (
      !('ResTarget' in target) ||
      target.ResTarget.val === undefined ||
      !('SubLink' in target.ResTarget.val)
    )
      return target;
    const joined = joinFor(target.ResTarget.val.SubLink, outer, joins.length + 1, input);
    if (joined === null) return target;
    joins.push(joined.join);
    // A subquery without a name is named after its aggregate.
    return {
      ResTarget: {
        ...target.ResTarget,
        name: target.ResTarget.name ?? joined.name,
        val: tree.expression(joined.value),
      },
    };
  });
  if (joins.length === 0) return null;
  const [from] = select.fromClause ?? [];
  const template = tree.select(`SELECT FROM placeholder ${joins.join(' ')}`).fromClause?.[0];
  if (template === undefined || from === undefined) return null;
  return {
    after: tree.statement({
      ...select,
      targetList,
      fromClause: [grafted(template, from)],
    }),
    comparison: { kind: 'rows' },
    because: 'The subquery is run once for every row; grouped and joined it is computed once for all',
    notes: [
      'It pays when the query returns a large part of the table; for a page of rows the subquery is the better form.',
    ],
  };
};

interface Joined {
  join: string;
  value: string;
  name: string;
}

function joinFor(
  link: SubLink,
  outer: readonly FromTable[],
  number: number,
  { catalog, tree }: RewriteInput,
): Joined | null {
  if (
    link.subLinkType !== 'EXPR_SUBLINK' ||
    link.subselect === undefined ||
    !('SelectStmt' in link.subselect)
  )
    return null;
  const inside: SelectStmt = link.subselect.SelectStmt;
  const inner = fromTables(inside, catalog);
  const aggregate = soleAggregate(inside);
  if (inner === null || aggregate === null || !isPlain({ ...inside, targetList: [] })) return null;
  if (inside.sortClause !== undefined || inside.limitCount !== undefined || inside.limitOffset !== undefined)
    return null;
  // Names of inner tables hide those of outer ones: what is inside is looked at first.
  const all = conjuncts(inside.whereClause);
  const correlated = all.filter((condition) => mentionsOuter(condition, inner));
  const [condition] = correlated;
  const pair =
    condition === undefined || correlated.length > 1 ? null : equalColumns(condition, inner, outer);
  if (pair === null || mentionsOuter(aggregate, inner)) return null;
  const alias = `per_key_${number}`;
  const key = quoteIdentifier(pair.inside.column.name);
  const grouped = tree.statement({
    ...withConditions(
      inside,
      all.filter((one) => one !== condition),
    ),
    targetList: [
      { ResTarget: { val: tree.expression(pair.inside.sql), name: pair.inside.column.name } },
      { ResTarget: { val: { FuncCall: aggregate }, name: 'value' } },
    ],
    groupClause: [tree.expression(pair.inside.sql)],
  });
  const name = functionName(aggregate);
  return {
    join: `LEFT JOIN (${grouped}) AS ${alias} ON ${alias}.${key} = ${pair.outside.sql}`,
    // Of no rows a count is 0, and everything else is NULL.
    value: name === 'count' ? `coalesce(${alias}.value, 0)` : `${alias}.value`,
    name,
  };
}

function soleAggregate({ targetList = [] }: SelectStmt): FuncCall | null {
  const [target, ...more] = targetList;
  if (target === undefined || more.length > 0 || !('ResTarget' in target)) return null;
  const { val } = target.ResTarget;
  return val !== undefined && 'FuncCall' in val && isAggregate(val.FuncCall) ? val.FuncCall : null;
}

/** Whether any column in it is none of these tables'. */
function mentionsOuter(node: unknown, inner: readonly FromTable[]): boolean {
  let found = false;
  walk(node, (tag, content) => {
    if (tag === 'SubLink') found = true;
    if (tag === 'ColumnRef' && resolveIn(content, inner) === null) found = true;
    return !found;
  });
  return found;
}

function equalColumns(
  condition: Node,
  inner: readonly FromTable[],
  outer: readonly FromTable[],
): { inside: ResolvedColumn; outside: ResolvedColumn } | null {
  for (const [one, other] of equalitySides(condition)) {
    if (!('ColumnRef' in one) || !('ColumnRef' in other)) continue;
    const inside = resolveIn(one.ColumnRef, inner);
    const outside = resolveIn(other.ColumnRef, outer);
    if (inside !== null && outside !== null && resolveIn(other.ColumnRef, inner) === null)
      return { inside, outside };
  }
  return null;
}

/** The joins of the template with the real source in the place of the placeholder. */
function grafted(template: Node, source: Node): Node {
  if (!('JoinExpr' in template)) return source;
  const { larg } = template.JoinExpr;
  return { JoinExpr: { ...template.JoinExpr, larg: larg === undefined ? source : grafted(larg, source) } };
}
