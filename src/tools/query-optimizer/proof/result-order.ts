import type { Node, SelectStmt } from '@pgsql/types';
import { parse } from 'libpg-query';
import type { Catalog, CatalogTable } from '../../_shared/database/catalog.ts';

/** What a query promises about its result: what may differ between two correct executions. */
export interface ResultOrder {
  /** Output columns whose sequence the query decides: the leading keys of ORDER BY that are returned. */
  keys: readonly string[];
  /** A LIMIT cuts among rows that ORDER BY does not tell apart: which of them come is open. */
  openRows: boolean;
  /** Values themselves depend on the order of rows: string_agg without ORDER BY, row_number over ties. */
  openValues: boolean;
}

const ORDER_SENSITIVE = new Set(
  (
    'array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg xmlagg ' +
    'row_number ntile first_value last_value nth_value lag lead'
  ).split(' '),
);

/** @param sql one SELECT */
export async function resultOrder(sql: string, catalog: Catalog): Promise<ResultOrder> {
  const statement = (await parse(sql)).stmts?.[0]?.stmt;
  if (statement === undefined || !('SelectStmt' in statement)) {
    return { keys: [], openRows: false, openValues: false };
  }
  const select = statement.SelectStmt;
  const columns = (select.sortClause ?? []).map((item) => sortedColumn(item, select));
  const firstUnknown = columns.indexOf(null);
  const keys = (firstUnknown === -1 ? columns : columns.slice(0, firstUnknown)).filter((key) => key !== null);
  const limited = select.limitCount !== undefined || select.limitOffset !== undefined;
  return {
    keys,
    openRows: limited && !isTotalOrder(select, keys, catalog),
    openValues: hasOpenValues(statement),
  };
}

/** The output column that an item of ORDER BY sorts by; null: it is not returned. */
function sortedColumn(item: Node, { targetList = [] }: SelectStmt): string | null {
  if (!('SortBy' in item) || item.SortBy.node === undefined) return null;
  const { node } = item.SortBy;
  if ('A_Const' in node && node.A_Const.ival !== undefined) {
    const target = targetList[(node.A_Const.ival.ival ?? 0) - 1];
    return target === undefined ? null : outputName(target);
  }
  if (!('ColumnRef' in node)) return null;
  const name = lastName(node);
  if (name === null) return null;
  const returned = targetList.some(
    (target) =>
      outputName(target) === name ||
      ('ResTarget' in target && target.ResTarget.val !== undefined && isStar(target.ResTarget.val)),
  );
  return returned ? name : null;
}

function outputName(target: Node): string | null {
  if (!('ResTarget' in target)) return null;
  const { name, val } = target.ResTarget;
  if (name !== undefined) return name;
  return val !== undefined && 'ColumnRef' in val ? lastName(val) : null;
}

function lastName(node: Extract<Node, { ColumnRef: unknown }>): string | null {
  const last = node.ColumnRef.fields?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? null) : null;
}

function isStar(node: Node): boolean {
  return 'ColumnRef' in node && node.ColumnRef.fields?.some((field) => 'A_Star' in field) === true;
}

/** Whether the keys hold a key of the one table that is read, so that no two rows tie. Joins are taken as open. */
function isTotalOrder(select: SelectStmt, keys: readonly string[], catalog: Catalog): boolean {
  const [from, ...more] = select.fromClause ?? [];
  if (from === undefined || more.length > 0 || !('RangeVar' in from) || select.groupClause !== undefined) {
    return false;
  }
  const { schemaname, relname } = from.RangeVar;
  const table = catalog.tables.find(
    ({ schema, name }) =>
      name === relname &&
      (schemaname === undefined ? catalog.searchPath.includes(schema) : schema === schemaname),
  );
  return table !== undefined && uniqueKeys(table).some((key) => key.every((column) => keys.includes(column)));
}

/** Sets of columns of which no two rows have the same values, NULL included: unique, not partial, not null. */
export function uniqueKeys({ indexes, columns }: CatalogTable): string[][] {
  const mandatory = new Set(columns.filter(({ notNull }) => notNull).map(({ name }) => name));
  return indexes
    .filter(({ unique, valid, predicate }) => unique && valid && predicate === null)
    .sort((a, b) => Number(b.primary) - Number(a.primary))
    .map(({ keys }) => keys.map(({ column }) => column))
    .filter((key): key is string[] => key.every((column) => column !== null && mandatory.has(column)));
}

function hasOpenValues(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasOpenValues);
  if (node === null || typeof node !== 'object') return false;
  return Object.entries(node).some(([type, value]: [string, unknown]) => {
    if (type === 'distinctClause' && Array.isArray(value) && value.some(isNonEmptyNode)) return true;
    if (type === 'FuncCall') {
      const { funcname, agg_order } = value as { funcname?: Node[]; agg_order?: Node[] };
      const last = funcname?.at(-1);
      const name = last !== undefined && 'String' in last ? last.String.sval : undefined;
      if (name !== undefined && ORDER_SENSITIVE.has(name) && agg_order === undefined) return true;
    }
    return hasOpenValues(value);
  });
}

/** DISTINCT ON has expressions; plain DISTINCT has one empty node. */
function isNonEmptyNode(node: unknown): boolean {
  return node !== null && typeof node === 'object' && Object.keys(node).length > 0;
}
