import {
  type Catalog,
  type CatalogColumn,
  type CatalogTable,
  type ColumnStatistics,
  type IndexDefinition,
  qualifiedName,
} from '../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';

/** Quick look-ups over a catalogue that does not change during an advice. */
export interface CatalogFacts {
  table(name: string): CatalogTable | undefined;
  column(table: string, name: string): CatalogColumn | undefined;
  extensions: Catalog['extensions'];
}

export function factsOf(catalog: Catalog): CatalogFacts {
  const tables = new Map(
    catalog.tables.map((table) => [qualifiedName(table), withPartitions(table, catalog)]),
  );
  const columns = new Map(
    [...tables].map(([name, table]) => [name, new Map(table.columns.map((column) => [column.name, column]))]),
  );
  return {
    table: (name) => tables.get(name),
    column: (table, name) => columns.get(table)?.get(name),
    extensions: catalog.extensions,
  };
}

/** A partitioned table has no pages of its own: its size is that of its partitions. */
function withPartitions(table: CatalogTable, { tables }: Catalog): CatalogTable {
  if (table.kind !== 'partitioned') return table;
  const name = qualifiedName(table);
  const parts = tables.filter(({ parent, kind }) => parent === name && kind === 'partition');
  const sum = (of: (part: CatalogTable) => number): number => parts.reduce((all, part) => all + of(part), 0);
  return {
    ...table,
    pages: sum(({ pages }) => pages),
    rows: sum(({ rows }) => rows ?? 0),
    totalBytes: sum(({ totalBytes }) => totalBytes),
    allVisibleShare: Math.min(1, ...parts.map(({ allVisibleShare }) => allVisibleShare)),
  };
}

/** How many different values a column has; null without statistics. */
export function distinctOf(statistics: ColumnStatistics | null, rows: number | null): number | null {
  if (statistics === null) return null;
  if (statistics.distinct > 0) return statistics.distinct;
  if (statistics.distinct === 0 || rows === null) return null;
  return Math.max(1, -statistics.distinct * rows);
}

/** What the planner itself assumes where nothing is known. */
const UNKNOWN_EQUALITY = 0.005;
const UNKNOWN_RANGE = 1 / 3;
const UNKNOWN_PATTERN = 0.01;
const LIST_LENGTH = 3;

/** Share of the rows that such a condition leaves, 0 to 1, as far as statistics tell; by the average value of a parameter. */
export function selectivityOf(use: ColumnUse, facts: CatalogFacts): number {
  const rows = facts.table(use.table)?.rows ?? null;
  const statistics = use.column === null ? null : (facts.column(use.table, use.column)?.statistics ?? null);
  switch (use.role) {
    case 'equality':
      return use.value?.kind === 'constant' && statistics !== null
        ? shareOfValue(statistics, use.value.text, rows)
        : averageShare(statistics, rows);
    case 'list':
      return Math.min(1, LIST_LENGTH * averageShare(statistics, rows));
    case 'join':
      return averageShare(statistics, rows);
    case 'is-null':
      return statistics?.nullShare ?? UNKNOWN_EQUALITY;
    case 'is-not-null':
      return 1 - (statistics?.nullShare ?? 0);
    case 'range':
      return UNKNOWN_RANGE;
    case 'prefix':
    case 'pattern':
    case 'contains':
      return UNKNOWN_PATTERN;
    default:
      return 1;
  }
}

function averageShare(statistics: ColumnStatistics | null, rows: number | null): number {
  const distinct = distinctOf(statistics, rows);
  if (statistics === null || distinct === null) return UNKNOWN_EQUALITY;
  return (1 - statistics.nullShare) / Math.max(1, distinct);
}

export function shareOfValue(statistics: ColumnStatistics, value: string, rows: number | null): number {
  const position = statistics.mostCommonValues.indexOf(value);
  if (position >= 0) return statistics.mostCommonShares[position] ?? 0;
  const common = statistics.mostCommonShares.reduce((sum, share) => sum + share, 0);
  const distinct = distinctOf(statistics, rows) ?? 1;
  const others = distinct - statistics.mostCommonValues.length;
  const left = Math.max(0, 1 - statistics.nullShare - common);
  return others > 0 ? left / others : 0;
}

const LARGE_TYPES = new Set(['json', 'jsonb', 'xml', 'bytea', 'tsvector', 'tsquery', 'hstore']);
const UNORDERED =
  /^(point|line|lseg|box|path|polygon|circle|geometry|geography|vector|hstore)\b|range$|\[\]$/;
/** An entry of a B-tree must fit into a third of a page; long before that it is no good key. */
const MAX_KEY_WIDTH = 250;

/** Why values of this column are no keys of a B-tree; null: they are. */
export function unfitForBtree({ name, type, statistics }: CatalogColumn): string | null {
  if (LARGE_TYPES.has(type) || UNORDERED.test(type))
    return `${name} is ${type}, which a B-tree cannot search`;
  const width = statistics?.averageWidth ?? 0;
  return width > MAX_KEY_WIDTH ? `${name} holds ${width} bytes on average, too wide for a key` : null;
}

export function isText(type: string): boolean {
  return /^(text|character varying|character|varchar|bpchar|citext)\b/.test(type);
}

/** An index whose keys leave more of the table than this finds no small part of it. */
const MAX_KEY_SHARE = 0.2;

/** Whether a B-tree over all rows has keys of so few values that each of them is a large part of the table. */
export function isCoarse(
  { schema, table, method, keys, predicate }: IndexDefinition,
  facts: CatalogFacts,
): boolean {
  if (method !== 'btree' || predicate !== null) return false;
  const name = qualifiedName({ schema, name: table });
  const rows = facts.table(name)?.rows ?? null;
  let share = 1;
  for (const { column } of keys) {
    const distinct =
      column === null ? null : distinctOf(facts.column(name, column)?.statistics ?? null, rows);
    if (distinct === null) return false;
    share /= Math.max(1, distinct);
  }
  return share > MAX_KEY_SHARE;
}
