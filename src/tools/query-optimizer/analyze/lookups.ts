import { type CatalogTable, qualifiedName } from '../../_shared/database/catalog.ts';
import type { ColumnUse, QueryShape } from '../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../workload.ts';
import type { RuleContext } from './context.ts';

/** A query that fetches what belongs to one key: by a primary key, or by a column that refers to one. */
export interface Lookup {
  query: WorkloadQuery;
  table: CatalogTable;
  column: string;
  /** Number of its parameter. */
  parameter: number;
}

/** One value of one column, nothing else that could make it a search, and not a batch. */
export function lookupsOf(query: WorkloadQuery, context: RuleContext): Lookup[] {
  return keyConditions(query.shape).flatMap(({ table: name, column, value }) => {
    const table = context.tables.get(name);
    if (column === null || table === undefined || value?.kind !== 'parameter') return [];
    return [{ query, table, column, parameter: value.number }];
  });
}

/** The conditions that make a query a look-up by a key; none for a search, a batch, or whatever is no query. */
export function keyConditions({ kind, uses, tables, traits }: QueryShape): ColumnUse[] {
  if (kind !== 'select' || traits.setOperation) return [];
  const conditions = uses.filter(isCondition);
  if (conditions.some(({ role }) => role !== 'equality' && role !== 'join' && role !== 'is-null')) return [];
  const mention = tables.find(({ scope, table }) => scope === 0 && table !== null);
  return conditions.filter(
    (use) => use.scope === 0 && use.alias === mention?.alias && use.conjunct && use.role === 'equality',
  );
}

function isCondition({ role }: ColumnUse): boolean {
  return !['projected', 'order', 'group', 'written'].includes(role);
}

/** How a column of the list leads to the look-up. */
export interface Relation {
  /** Of the list. */
  table: string;
  column: string;
  /** foreign-key: declared; same-key: the list returns the key itself; name: `author_id` beside `authors.id`. */
  basis: 'foreign-key' | 'same-key' | 'name';
  /** Share of the rows of the list that have no such key, by the planner's statistics. */
  nullShare: number;
}

/** The column of the list's rows that the look-up is made with; null: it returns none. */
export function relationOf(parent: WorkloadQuery, lookup: Lookup, context: RuleContext): Relation | null {
  const key = { table: qualifiedName(lookup.table), column: lookup.column };
  const relations = parent.shape.traits.returned.flatMap((returned): Relation[] => {
    const table = context.tables.get(returned.table);
    if (table === undefined) return [];
    const basis = basisOf(table, returned.column, lookup, key.table);
    const statistics = table.columns.find(({ name }) => name === returned.column)?.statistics;
    return basis === null ? [] : [{ ...returned, basis, nullShare: statistics?.nullShare ?? 0 }];
  });
  return (
    relations.find(({ basis }) => basis === 'foreign-key') ??
    relations.find(({ basis }) => basis === 'same-key') ??
    relations[0] ??
    null
  );
}

function basisOf(
  table: CatalogTable,
  column: string,
  lookup: Lookup,
  target: string,
): Relation['basis'] | null {
  const name = qualifiedName(table);
  // The list holds the reference: orders.user_id -> users.id.
  if (refersTo(table, column, target, lookup.column)) return 'foreign-key';
  // The look-up does: items.order_id -> orders.id.
  if (refersTo(lookup.table, lookup.column, name, column)) return 'foreign-key';
  if (name === target && column === lookup.column) return 'same-key';
  const singular = lookup.table.name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
  return column === `${singular}_${lookup.column}` ? 'name' : null;
}

function refersTo({ foreignKeys }: CatalogTable, column: string, table: string, other: string): boolean {
  return foreignKeys.some(
    ({ columns, referencedTable, referencedColumns }) =>
      referencedTable === table &&
      columns.some((one, index) => one === column && referencedColumns[index] === other),
  );
}
