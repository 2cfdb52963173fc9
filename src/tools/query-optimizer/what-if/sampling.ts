import {
  type Catalog,
  type CatalogTable,
  type ForeignKey,
  qualifiedName,
} from '../../_shared/database/catalog.ts';
import { quoteIdentifier } from '../../_shared/database/index-statement.ts';

/** How the rows of one table are chosen. */
export interface TableSample {
  /** `schema.table`. */
  table: string;
  /** Expected, 0 to 1; 1 is all of it. */
  share: number;
  /** A SELECT of its stored columns, from which the source is read. */
  select: string;
  /** The table and these columns, for COPY. */
  into: string;
}

const PAGE_BYTES = 8_192;
/** Tables below this share of the budget are copied whole: they are what large ones refer to. */
const SMALL_SHARE = 0.05;
/** Of a hash code that decides who is in: a share has a millionth as its step. */
const STEPS = 1_000_000;

/**
 * Chooses rows so that all fit into the budget and joins keep matching: of tables that are too large, a part of the keys
 * is chosen by their hash, and with them all rows that refer to them. So a chosen customer has all of its orders, and each
 * chosen order all of its items.
 *
 * @param tables qualified names; those that the catalogue does not have are left out
 * @param generated columns that the server computes itself, by qualified name of the table
 */
export function planSamples(
  catalog: Catalog,
  tables: readonly string[],
  maxBytes: number,
  generated: ReadonlyMap<string, ReadonlySet<string>>,
): TableSample[] {
  const wanted = [...new Set(tables)]
    .map((name) => catalog.tables.find((table) => qualifiedName(table) === name))
    .filter((table) => table !== undefined)
    .filter(({ kind }) => kind !== 'view' && kind !== 'foreign');
  const bytes = new Map(wanted.map((table) => [qualifiedName(table), bytesOf(table, catalog)]));
  const total = sum(bytes.values());
  const isSmall = (name: string): boolean => (bytes.get(name) ?? 0) <= maxBytes * SMALL_SHARE;
  const smallBytes = sum([...bytes].filter(([name]) => isSmall(name)).map(([, size]) => size));
  const share = total <= maxBytes ? 1 : Math.max(0.001, (maxBytes - smallBytes) / (total - smallBytes));
  const large = new Map(
    wanted
      .map((table) => [qualifiedName(table), table] as const)
      .filter(([name]) => share < 1 && !isSmall(name)),
  );
  return wanted.map((table) => {
    const name = qualifiedName(table);
    const columns = table.columns
      .filter((column) => !generated.get(name)?.has(column.name))
      .map((column) => quoteIdentifier(column.name))
      .join(', ');
    const sampled = large.has(name);
    return {
      table: name,
      share: sampled ? share : 1,
      select: `SELECT ${columns} FROM ${sampled ? sampledFrom(table, large, share, []) : fromOf(table)}`,
      into: `${quoted(table)} (${columns})`,
    };
  });
}

/** Table and condition of those rows that are in. */
function sampledFrom(
  table: CatalogTable,
  large: ReadonlyMap<string, CatalogTable>,
  share: number,
  above: readonly string[],
): string {
  const name = qualifiedName(table);
  const foreign = leadingForeignKey(table, large, [...above, name]);
  if (foreign !== null) {
    const parent = large.get(foreign.referencedTable) as CatalogTable;
    const [column = ''] = foreign.columns;
    const [referenced = ''] = foreign.referencedColumns;
    const inner = sampledFrom(parent, large, share, [...above, name]);
    return `${fromOf(table)} WHERE ${quoteIdentifier(column)} IN (SELECT ${quoteIdentifier(referenced)} FROM ${inner})`;
  }
  const key = keyOf(table);
  if (key === null)
    return `${fromOf(table)} TABLESAMPLE BERNOULLI (${(share * 100).toFixed(4)}) REPEATABLE (1)`;
  // The same for every type and every run; the sign bit is cut off.
  const hash = `(hashtext(${quoteIdentifier(key)}::text) & 2147483647) % ${STEPS}`;
  return `${fromOf(table)} WHERE ${hash} < ${Math.ceil(share * STEPS)}`;
}

/** The foreign key of one column to a large table: of several, that to the largest. */
function leadingForeignKey(
  table: CatalogTable,
  large: ReadonlyMap<string, CatalogTable>,
  above: readonly string[],
): ForeignKey | null {
  const candidates = table.foreignKeys.filter(
    ({ columns, referencedTable }) =>
      columns.length === 1 && large.has(referencedTable) && !above.includes(referencedTable),
  );
  const pagesOf = ({ referencedTable }: ForeignKey): number => large.get(referencedTable)?.pages ?? 0;
  return candidates.toSorted((a, b) => pagesOf(b) - pagesOf(a) || (a.name < b.name ? -1 : 1))[0] ?? null;
}

function keyOf({ indexes }: CatalogTable): string | null {
  const primary = indexes.find((index) => index.primary);
  return primary?.keys[0]?.column ?? null;
}

/** Rows of a partitioned table lie in its partitions; those of heirs in an inheritance are not its own. */
function fromOf(table: CatalogTable): string {
  return table.kind === 'partitioned' || table.kind === 'materialized-view'
    ? quoted(table)
    : `ONLY ${quoted(table)}`;
}

function quoted({ schema, name }: CatalogTable): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

function bytesOf(table: CatalogTable, catalog: Catalog): number {
  if (table.kind !== 'partitioned') return table.pages * PAGE_BYTES;
  const name = qualifiedName(table);
  return sum(catalog.tables.filter(({ parent }) => parent === name).map((part) => bytesOf(part, catalog)));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
