import type { A_Expr, Node } from '@pgsql/types';
import { constantText, functionName, operatorName, typeNameOf } from '../../_shared/sql/ast.ts';
import {
  conjuncts,
  type FromTable,
  fromTables,
  mentionsColumn,
  resolveIn,
  type ResolvedColumn,
  withConditions,
} from './tree.ts';
import type { Rewriter } from './types.ts';

/** `timestamp with time zone` and without. */
const TIMESTAMP = /^timestamp(?:\(\d\))? with/;
const UNITS = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']);

/**
 * A condition on a function of a time as a range of the time itself, which an index on the column serves: the cast to
 * date, date_trunc() and extract(year). Functions that do not keep the order, as lower(), need an index of their own.
 */
export const sargable: Rewriter = ({ select, catalog, tree }) => {
  const tables = fromTables(select, catalog);
  if (tables === null) return null;
  let changed: ResolvedColumn | null = null;
  const conditions = conjuncts(select.whereClause).flatMap((condition) => {
    const found = rangeOf(condition, tables, (node) => tree.sql(node));
    if (found === null) return [condition];
    changed = found.column;
    return found.conditions.map((sql) => tree.expression(sql));
  });
  if (changed === null) return null;
  return {
    after: tree.statement(withConditions(select, conditions)),
    comparison: { kind: 'rows' },
    because:
      'A function around the column hides it from its index; the same rows as a range of the column do not',
    notes: [`An index on ${(changed as ResolvedColumn).column.name} is what makes it fast.`],
  };
};

interface Range {
  column: ResolvedColumn;
  conditions: readonly string[];
}

function rangeOf(condition: Node, tables: readonly FromTable[], sqlOf: (node: Node) => string): Range | null {
  if (!('A_Expr' in condition)) return null;
  const expression = condition.A_Expr;
  const wrapped = wrappedColumn(expression.lexpr, tables);
  if (wrapped === null || mentionsColumn(expression.rexpr)) return null;
  const conditions = {
    date: () => dateRange(expression, wrapped.column.sql, sqlOf),
    truncated: () => truncatedRange(expression, wrapped, sqlOf),
    year: () => yearRange(expression, wrapped.column.sql, sqlOf),
  }[wrapped.how]();
  return conditions === null ? null : { column: wrapped.column, conditions };
}

interface Wrapped {
  column: ResolvedColumn;
  how: 'date' | 'truncated' | 'year';
  unit: string;
}

function wrappedColumn(node: Node | undefined, tables: readonly FromTable[]): Wrapped | null {
  if (node === undefined) return null;
  if ('TypeCast' in node) {
    const column = timeColumn(node.TypeCast.arg, tables);
    return column === null || typeNameOf(node.TypeCast.typeName) !== 'date'
      ? null
      : { column, how: 'date', unit: 'day' };
  }
  if (!('FuncCall' in node)) return null;
  const name = functionName(node.FuncCall);
  const [first, second, ...more] = node.FuncCall.args ?? [];
  if (name === 'date' && second === undefined) {
    const column = timeColumn(first, tables);
    return column === null ? null : { column, how: 'date', unit: 'day' };
  }
  const column = timeColumn(second, tables);
  const unit = first !== undefined && 'A_Const' in first ? constantText(first.A_Const).toLowerCase() : '';
  if (column === null || more.length > 0 || !UNITS.has(unit)) return null;
  if (name === 'date_trunc') return { column, how: 'truncated', unit };
  return (name === 'extract' || name === 'date_part') && unit === 'year'
    ? { column, how: 'year', unit }
    : null;
}

function timeColumn(node: Node | undefined, tables: readonly FromTable[]): ResolvedColumn | null {
  if (node === undefined || !('ColumnRef' in node)) return null;
  const column = resolveIn(node.ColumnRef, tables);
  return column !== null && TIMESTAMP.test(column.column.type) ? column : null;
}

/** Days are whole, so that "after day d" begins with the day after it. */
function dateRange(expression: A_Expr, column: string, sqlOf: (node: Node) => string): string[] | null {
  const { kind, rexpr } = expression;
  if (rexpr === undefined) return null;
  if (kind === 'AEXPR_BETWEEN' && 'List' in rexpr) {
    const [from, to] = rexpr.List.items ?? [];
    if (from === undefined || to === undefined) return null;
    return [`${column} >= (${sqlOf(from)})::date`, `${column} < (${sqlOf(to)})::date + 1`];
  }
  if (kind !== 'AEXPR_OP') return null;
  const day = `(${sqlOf(rexpr)})::date`;
  const ranges: Readonly<Record<string, string[]>> = {
    '=': [`${column} >= ${day}`, `${column} < ${day} + 1`],
    '>=': [`${column} >= ${day}`],
    '>': [`${column} >= ${day} + 1`],
    '<': [`${column} < ${day}`],
    '<=': [`${column} < ${day} + 1`],
  };
  return ranges[operatorName(expression)] ?? null;
}

/** A time that is no beginning of a unit equals no truncated one: the last condition keeps that true. */
function truncatedRange(
  expression: A_Expr,
  { column, unit }: Wrapped,
  sqlOf: (node: Node) => string,
): string[] | null {
  const { kind, rexpr } = expression;
  if (kind !== 'AEXPR_OP' || operatorName(expression) !== '=' || rexpr === undefined) return null;
  const value = `(${sqlOf(rexpr)})::${column.column.type.replace(/\(\d\)/, '')}`;
  const length = unit === 'quarter' ? '3 months' : `1 ${unit}`;
  return [
    `${column.sql} >= ${value}`,
    `${column.sql} < ${value} + interval '${length}'`,
    `${value} = date_trunc('${unit}', ${value})`,
  ];
}

function yearRange(expression: A_Expr, column: string, sqlOf: (node: Node) => string): string[] | null {
  const { kind, rexpr } = expression;
  if (kind !== 'AEXPR_OP' || operatorName(expression) !== '=' || rexpr === undefined) return null;
  const year = `(${sqlOf(rexpr)})::int`;
  return [`${column} >= make_date(${year}, 1, 1)`, `${column} < make_date(${year} + 1, 1, 1)`];
}
