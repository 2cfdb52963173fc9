import type { CatalogTable, IndexKey } from '../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../workload.ts';
import { type CatalogFacts, selectivityOf, unfitForBtree } from './facts.ts';

/** One column or expression that could be a key, in the role a query has it. */
export interface Attribute {
  key: IndexKey;
  /** Column name or expression: what tells two attributes apart. */
  text: string;
  use: ColumnUse;
  /** Share of the rows that it leaves, 0 to 1. */
  selectivity: number;
}

/** What one query wants of one mention of a table: what an index on it could serve. */
export interface ScanNeeds {
  query: WorkloadQuery;
  table: CatalogTable;
  tableName: string;
  /** Most selective first; ties by name. `= value` and IS NULL on keys. */
  equal: readonly Attribute[];
  lists: readonly Attribute[];
  joins: readonly Attribute[];
  ranges: readonly Attribute[];
  /** LIKE 'x%'. */
  prefixes: readonly Attribute[];
  /** The leading run of ORDER BY that belongs to this table, as written. */
  order: readonly Attribute[];
  group: readonly Attribute[];
  /** Conditions under OR: each could be one arm of a bitmap. */
  alternatives: readonly Attribute[];
  /** For GIN and GiST: `@>`, `&&`, `@@` and LIKE '%x%'. */
  special: readonly ColumnUse[];
  /** IS NULL, IS NOT NULL and equality with a constant: may become a predicate. */
  constants: readonly ColumnUse[];
  /** Every column the query needs of the table; null when an expression or a whole row is among them. */
  needed: readonly string[] | null;
  /** Columns that cannot be keys, and why. */
  refusals: readonly string[];
}

/** All mentions of tables in a query; those outside the catalogue, and views, are left out. */
export function needsOf(query: WorkloadQuery, facts: CatalogFacts): ScanNeeds[] {
  const mentions = new Map<string, ColumnUse[]>();
  for (const use of query.shape.uses) {
    const id = `${use.scope} ${use.alias} ${use.table}`;
    const known = mentions.get(id);
    if (known === undefined) mentions.set(id, [use]);
    else known.push(use);
  }
  return [...mentions.values()].flatMap((uses): ScanNeeds[] => {
    const tableName = uses[0]?.table ?? '';
    const table = facts.table(tableName);
    if (table === undefined || table.kind === 'view' || table.kind === 'foreign') return [];
    return [scanNeeds(query, table, tableName, uses, facts)];
  });
}

function scanNeeds(
  query: WorkloadQuery,
  table: CatalogTable,
  tableName: string,
  uses: readonly ColumnUse[],
  facts: CatalogFacts,
): ScanNeeds {
  const refusals = new Set<string>();
  const fit = (use: ColumnUse): boolean => {
    if (use.column === null) return true;
    const column = facts.column(tableName, use.column);
    if (column === undefined) return false;
    const refusal = unfitForBtree(column);
    if (refusal !== null && (use.role === 'equality' || use.role === 'range')) refusals.add(refusal);
    return refusal === null;
  };
  const attributes = (wanted: (use: ColumnUse) => boolean): Attribute[] =>
    distinct(
      uses
        .filter((use) => wanted(use) && fit(use))
        .map((use) => ({
          key: keyOf(use),
          text: use.column ?? use.expression ?? '',
          use,
          selectivity: selectivityOf(use, facts),
        }))
        .toSorted(bySelectivity),
    );
  const conjunct = (...roles: readonly ColumnUse['role'][]) =>
    attributes((use) => use.conjunct && roles.includes(use.role));
  const ordered = (role: 'order' | 'group') =>
    leadingRun(query.shape.uses, uses, role).filter(({ use }) => fit(use));
  return {
    query,
    table,
    tableName,
    equal: conjunct('equality', 'is-null'),
    lists: conjunct('list'),
    joins: attributes((use) => use.role === 'join'),
    ranges: conjunct('range'),
    prefixes: conjunct('prefix').filter(({ use }) => use.operator !== '~~*'),
    order: ordered('order'),
    group: ordered('group'),
    alternatives: attributes(
      (use) => !use.conjunct && ['equality', 'list', 'range', 'prefix'].includes(use.role),
    ),
    special: uses.filter(
      ({ role, operator }) =>
        role === 'contains' || role === 'pattern' || (role === 'prefix' && operator === '~~*'),
    ),
    constants: uses.filter(
      ({ role, conjunct: always, value }) =>
        always &&
        (role === 'is-null' || role === 'is-not-null' || (role === 'equality' && value?.kind === 'constant')),
    ),
    needed: neededColumns(uses),
    refusals: [...refusals],
  };
}

function keyOf(use: ColumnUse): IndexKey {
  const direction = use.role === 'order' ? (use.direction ?? 'asc') : 'asc';
  const nulls = use.role === 'order' ? (use.nulls ?? (direction === 'desc' ? 'first' : 'last')) : 'last';
  return {
    column: use.column,
    expression: use.expression,
    operatorClass: null,
    collation: null,
    direction,
    nulls,
  };
}

function bySelectivity(a: Attribute, b: Attribute): number {
  return a.selectivity - b.selectivity || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
}

function distinct(attributes: readonly Attribute[]): Attribute[] {
  const seen = new Set<string>();
  return attributes.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** An order is served only from its first item on; what comes after an item of another table is not. */
function leadingRun(
  all: readonly ColumnUse[],
  ours: readonly ColumnUse[],
  role: 'order' | 'group',
): Attribute[] {
  const run: Attribute[] = [];
  const scope = ours[0]?.scope;
  const items = all
    .filter((use) => use.role === role && use.scope === scope)
    .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  for (const use of items) {
    if (!ours.includes(use) || (use.position ?? run.length) !== run.length) break;
    run.push({ key: keyOf(use), text: use.column ?? use.expression ?? '', use, selectivity: 1 });
  }
  return run;
}

function neededColumns(uses: readonly ColumnUse[]): string[] | null {
  const columns = new Set<string>();
  for (const { column } of uses) {
    if (column === null || column === '*') return null;
    columns.add(column);
  }
  return [...columns];
}
