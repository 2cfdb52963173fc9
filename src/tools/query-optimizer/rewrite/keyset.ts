import type { Node, SelectStmt } from '@pgsql/types';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { constantText } from '../../_shared/sql/ast.ts';
import type { Value } from '../../_shared/sql/types.ts';
import { uniqueKeys } from '../proof/result-order.ts';
import {
  conjuncts,
  type FromTable,
  fromTables,
  highestParameter,
  isPlain,
  type ResolvedColumn,
  resolveIn,
  returnsColumn,
  withConditions,
} from './tree.ts';
import type { Rewriter } from './types.ts';

interface Key extends ResolvedColumn {
  direction: 'asc' | 'desc';
}

/**
 * LIMIT and OFFSET as "after the last row": the order is made total by the primary key, and the sort key of the last
 * row takes the place of the offset. Keys that may be NULL are left alone: no comparison finds what comes after NULL.
 */
export const keyset: Rewriter = ({ select, catalog, tree }) => {
  const tables = fromTables(select, catalog);
  const [from, ...others] = tables ?? [];
  const limit = placeOf(select.limitCount);
  const offset = placeOf(select.limitOffset);
  if (from === undefined || others.length > 0 || !isPlain(select) || limit === null || offset === null)
    return null;
  const keys = totalOrder(select, from);
  if (keys === null || !keys.every((key) => !isNullable(key) && returnsColumn(select, key, [from])))
    return null;

  const highest = highestParameter(select);
  // The offset's own placeholder is free for the first key.
  const firstNumber = offset.kind === 'parameter' ? offset.number : highest + 1;
  const numbers = keys.map((_, position) =>
    position === 0 ? firstNumber : Math.max(highest, firstNumber) + position,
  );
  const { limitOffset: _, ...withoutOffset } = select;
  const sortClause = keys.map((key) => sortBy(tree.expression(key.sql), key.direction));
  const condition = tree.expression(afterCondition(keys, numbers));
  const after: SelectStmt = {
    ...withConditions(withoutOffset, [...conjuncts(select.whereClause), ...conjuncts(condition)]),
    sortClause,
  };
  const orderedOffset: Value =
    offset.kind === 'parameter' ? offset : { kind: 'parameter', number: highest + 1 };
  const ordered: SelectStmt = {
    ...select,
    sortClause,
    limitOffset: { ParamRef: { number: orderedOffset.number } },
  };
  const written = (select.sortClause ?? []).length;
  const added = keys.slice(written).map(({ column }) => column.name);
  return {
    after: tree.statement(after),
    comparison: {
      kind: 'pages',
      ordered: tree.statement(ordered),
      limit,
      offset: orderedOffset,
      handOn: keys.map(({ column }, position) => ({
        column: column.name,
        parameter: numbers[position] ?? 0,
      })),
    },
    because: 'OFFSET reads and throws away every row before the page; a key finds the page at once',
    notes: [
      `${keys.map(({ column }, position) => `$${numbers[position]} is ${column.name}`).join(' and ')} of the last row of the page before; the first page is the old query with offset 0.`,
      ...(added.length === 0
        ? []
        : [
            `ORDER BY gets ${added.join(', ')}, so that rows with equal keys have a fixed order and none is skipped or shown twice.`,
          ]),
      'Pages can be walked in order, not jumped to by number.',
    ],
  };
};

function placeOf(node: Node | undefined): Value | null {
  if (node === undefined) return null;
  if ('ParamRef' in node) return { kind: 'parameter', number: node.ParamRef.number ?? 0 };
  if ('A_Const' in node && node.A_Const.isnull !== true)
    return { kind: 'constant', text: constantText(node.A_Const) };
  return null;
}

/** ORDER BY with the columns of a key behind it that are not in it yet; null where it sorts by more than columns. */
function totalOrder(select: SelectStmt, from: FromTable): Key[] | null {
  const keys: Key[] = [];
  for (const item of select.sortClause ?? []) {
    if (!('SortBy' in item) || item.SortBy.node === undefined || !('ColumnRef' in item.SortBy.node))
      return null;
    const { sortby_dir: direction, sortby_nulls: nulls, node } = item.SortBy;
    if (direction === 'SORTBY_USING' || (nulls ?? 'SORTBY_NULLS_DEFAULT') !== 'SORTBY_NULLS_DEFAULT')
      return null;
    const column = resolveIn(node.ColumnRef, [from]);
    if (column === null) return null;
    keys.push({ ...column, direction: direction === 'SORTBY_DESC' ? 'desc' : 'asc' });
  }
  const names = keys.map(({ column }) => column.name);
  const candidates = uniqueKeys(from.table);
  if (candidates.some((key) => key.every((name) => names.includes(name)))) return keys;
  const [tieBreaker] = candidates;
  if (tieBreaker === undefined) return null;
  const direction = keys.at(-1)?.direction ?? 'asc';
  for (const name of tieBreaker) {
    const column = from.table.columns.find((one) => one.name === name);
    if (column === undefined || names.includes(name)) continue;
    keys.push({ ...from, column, sql: `${quoteIdentifier(from.alias)}.${quoteIdentifier(name)}`, direction });
  }
  return keys;
}

function isNullable({ column }: Key): boolean {
  return !column.notNull;
}

function sortBy(node: Node, direction: Key['direction']): Node {
  return {
    SortBy: {
      node,
      sortby_dir: direction === 'desc' ? 'SORTBY_DESC' : 'SORTBY_DEFAULT',
      sortby_nulls: 'SORTBY_NULLS_DEFAULT',
    },
  };
}

/**
 * `(a, b) < ($1, $2)` where all keys run the same way: one condition that an index on (a, b) serves. Mixed directions
 * have no such form and are spelled out; the first comparison, which the others imply, is what an index then serves.
 */
function afterCondition(keys: readonly Key[], numbers: readonly number[]): string {
  const [first, ...more] = keys;
  if (first === undefined) return 'true';
  const operator = (key: Key): string => (key.direction === 'desc' ? '<' : '>');
  const value = (position: number): string => `$${numbers[position]}`;
  if (more.length === 0) return `${first.sql} ${operator(first)} ${value(0)}`;
  if (keys.every(({ direction }) => direction === first.direction)) {
    const columns = keys.map(({ sql }) => sql).join(', ');
    return `(${columns}) ${operator(first)} (${keys.map((_, position) => value(position)).join(', ')})`;
  }
  const spelled = keys.map((key, position) => {
    const equal = keys.slice(0, position).map(({ sql }, earlier) => `${sql} = ${value(earlier)}`);
    return `(${[...equal, `${key.sql} ${operator(key)} ${value(position)}`].join(' AND ')})`;
  });
  return `${first.sql} ${operator(first)}= ${value(0)} AND (${spelled.join(' OR ')})`;
}
