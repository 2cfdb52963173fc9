import type { ColumnRef, Node, RangeVar, SelectStmt } from '@pgsql/types';
import type { Catalog, CatalogColumn, CatalogTable } from '../../_shared/database/catalog.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { columnPath, hasAggregate, hasWindow, operatorName, walk } from '../../_shared/sql/ast.ts';
import type { SqlParser } from '../../_shared/sql/parser.ts';
import { tableLookup } from '../../_shared/sql/scope.ts';

/** Reading and making syntax trees: what all rewriters need. */
export interface Tree {
  /** The tree of an expression written as SQL. */
  expression(sql: string): Node;
  /** The tree of a complete SELECT. */
  select(sql: string): SelectStmt;
  sql(node: Node): string;
  statement(select: SelectStmt): string;
}

export function treeOf(parser: SqlParser): Tree {
  const select = (sql: string): SelectStmt => {
    const [statement] = parser.parse(sql);
    if (statement === undefined || !('SelectStmt' in statement.node)) throw new Error(`not a SELECT: ${sql}`);
    return statement.node.SelectStmt;
  };
  return {
    select,
    expression(sql) {
      const [target] = select(`SELECT ${sql}`).targetList ?? [];
      if (target === undefined || !('ResTarget' in target) || target.ResTarget.val === undefined) {
        throw new Error(`not an expression: ${sql}`);
      }
      return target.ResTarget.val;
    },
    sql: (node) => parser.deparse(node),
    statement(statement) {
      const sql = parser.deparse({ SelectStmt: statement });
      if (!isSameTree(select(sql), statement)) throw new DeparseError(sql);
      return sql;
    },
  };
}

/** The text that was written for a tree means another one: parentheses that are needed are missing. */
export class DeparseError extends Error {
  constructor(sql: string) {
    super(`the printed text means something else: ${sql}`);
    this.name = 'DeparseError';
  }
}

/** Whether two trees are the same but for where they stand in their texts. */
function isSameTree(one: unknown, other: unknown): boolean {
  const plain = (tree: unknown): string =>
    JSON.stringify(tree, (key, value: unknown) => {
      if (key === 'location') return undefined;
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    });
  return plain(one) === plain(other);
}

/** One table in a FROM clause. */
export interface FromTable {
  alias: string;
  table: CatalogTable;
}

/** All tables of a FROM clause; null where it holds anything else, whose columns nobody knows here. */
export function fromTables({ fromClause = [] }: SelectStmt, catalog: Catalog): FromTable[] | null {
  const tables: FromTable[] = [];
  const lookup = tableLookup(catalog);
  const visit = (node: Node | undefined): boolean => {
    if (node === undefined) return false;
    if ('JoinExpr' in node) return visit(node.JoinExpr.larg) && visit(node.JoinExpr.rarg);
    if (!('RangeVar' in node)) return false;
    const { relname = '', schemaname }: RangeVar = node.RangeVar;
    const table = lookup(schemaname, relname);
    if (table !== null) tables.push({ alias: node.RangeVar.alias?.aliasname ?? relname, table });
    return table !== null;
  };
  return fromClause.length > 0 && fromClause.every(visit) ? tables : null;
}

/** A query over plain rows: one level, nothing grouped, made distinct, locked or combined. */
export function isPlain({
  op,
  groupClause,
  havingClause,
  distinctClause,
  windowClause,
  lockingClause,
  withClause,
  valuesLists,
  targetList,
}: SelectStmt): boolean {
  return (
    (op ?? 'SETOP_NONE') === 'SETOP_NONE' &&
    [groupClause, havingClause, distinctClause, windowClause, lockingClause, withClause, valuesLists].every(
      (clause) => clause === undefined,
    ) &&
    !hasAggregate(targetList) &&
    !hasWindow(targetList)
  );
}

export interface ResolvedColumn extends FromTable {
  column: CatalogColumn;
  /** `alias.column`, quoted where needed. */
  sql: string;
}

/** The table and column that a reference means; null where that is not certain. */
export function resolveIn(reference: ColumnRef, tables: readonly FromTable[]): ResolvedColumn | null {
  const { path, star } = columnPath(reference);
  const name = path.at(-1);
  if (star || name === undefined || path.length > 2) return null;
  const owners = tables.flatMap((from) => {
    if (path.length === 2 && from.alias !== path[0]) return [];
    const column = from.table.columns.find((one) => one.name === name);
    return column === undefined ? [] : [{ ...from, column }];
  });
  const [owner, ...others] = owners;
  if (owner === undefined || others.length > 0) return null;
  return { ...owner, sql: `${quoteIdentifier(owner.alias)}.${quoteIdentifier(name)}` };
}

/** Conditions that must all hold. */
export function conjuncts(where: Node | undefined): Node[] {
  if (where === undefined) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR')
    return (where.BoolExpr.args ?? []).flatMap(conjuncts);
  return [where];
}

/** The opposite of conjuncts(). */
function allOf(conditions: readonly Node[]): Node | undefined {
  const [first, ...more] = conditions;
  if (more.length === 0) return first;
  return { BoolExpr: { boolop: 'AND_EXPR', args: [...conditions] } };
}

/** The query with these conditions instead of its own. */
export function withConditions(select: SelectStmt, conditions: readonly Node[]): SelectStmt {
  const { whereClause: _, ...rest } = select;
  const whereClause = allOf(conditions);
  return whereClause === undefined ? rest : { ...rest, whereClause };
}

export function mentionsColumn(node: Node | undefined): boolean {
  let found = false;
  walk(node, (tag) => {
    if (tag === 'ColumnRef' || tag === 'SubLink') found = true;
  });
  return found;
}

/** The highest `$n`, 0 without any. */
export function highestParameter(value: unknown): number {
  let highest = 0;
  walk(value, (tag, content) => {
    if (tag === 'ParamRef') highest = Math.max(highest, (content as { number?: number }).number ?? 0);
  });
  return highest;
}

/** Names of the columns that a query returns, `*` spelled out; null for what has no name of its own. */
export function outputColumns(
  { targetList = [] }: SelectStmt,
  tables: readonly FromTable[],
): (string | null)[] {
  return targetList.flatMap((target) => {
    if (!('ResTarget' in target) || target.ResTarget.val === undefined) return [null];
    const { name, val } = target.ResTarget;
    if (name !== undefined || !('ColumnRef' in val)) return [name ?? null];
    const { path, star } = columnPath(val.ColumnRef);
    if (!star) return [path.at(-1) ?? null];
    return tables
      .filter(({ alias }) => path.length === 0 || alias === path[0])
      .flatMap(({ table }) => table.columns.map((column) => column.name));
  });
}

/** Whether an output column is this very column, under its own name. */
export function returnsColumn(
  select: SelectStmt,
  column: ResolvedColumn,
  tables: readonly FromTable[],
): boolean {
  const named = outputColumns(select, tables).filter((name) => name === column.column.name);
  if (named.length !== 1) return false;
  return (select.targetList ?? []).some((target) => {
    if (
      !('ResTarget' in target) ||
      target.ResTarget.val === undefined ||
      !('ColumnRef' in target.ResTarget.val)
    ) {
      return false;
    }
    const { path, star } = columnPath(target.ResTarget.val.ColumnRef);
    if (star) return path.length === 0 || path[0] === column.alias;
    const renamed = target.ResTarget.name !== undefined && target.ResTarget.name !== column.column.name;
    return !renamed && resolveIn(target.ResTarget.val.ColumnRef, tables)?.sql === column.sql;
  });
}

/** Both sides of `a = b`, and the other way round; none for any other condition. */
export function equalitySides(condition: Node): [one: Node, other: Node][] {
  if (!('A_Expr' in condition)) return [];
  const { kind, lexpr, rexpr } = condition.A_Expr;
  if (kind !== 'AEXPR_OP' || operatorName(condition.A_Expr) !== '=' || !lexpr || !rexpr) return [];
  return [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ];
}
