import { type Catalog, type CatalogTable, qualifiedName } from '../../../_shared/database/catalog.ts';

/** How the rows of a list and what is looked up for each of them belong together. */
export interface Relation {
  /** The table of the list. */
  list: string;
  /** The table of the look-ups. */
  other: string;
  /** one: each row of the list has one of the others; many: any number. */
  kind: 'one' | 'many';
  /** The column of the foreign key: of the list for `one`, of the other for `many`. */
  column: string;
}

/**
 * The relation behind look-ups by `column` of `table`, from the foreign keys. Which list they follow is told where it is
 * known; else it follows from the foreign key, if only one table can be meant. null: it cannot be told.
 */
export function relationBehind(
  catalog: Catalog,
  { table, column, list }: { table: string; column: string; list: string | null },
): Relation | null {
  const looked = tableNamed(catalog, table);
  if (looked === undefined) return null;
  const own = looked.foreignKeys.find(
    (key) => isSingle(key.columns, column) && (list === null || key.referencedTable === list),
  );
  if (own !== undefined) return { list: own.referencedTable, other: table, kind: 'many', column };
  const referring = catalog.tables.flatMap((one) =>
    one.foreignKeys
      .filter(
        (key) =>
          key.referencedTable === table &&
          isSingle(key.referencedColumns, column) &&
          key.columns.length === 1,
      )
      .map((key) => ({ list: qualifiedName(one), column: key.columns[0] ?? '' })),
  );
  const [only, ...more] = referring.filter((one) => list === null || one.list === list);
  if (only === undefined || more.length > 0) return null;
  return { list: only.list, other: table, kind: 'one', column: only.column };
}

function isSingle(columns: readonly string[], column: string): boolean {
  return columns.length === 1 && columns[0] === column;
}

function tableNamed({ tables }: Catalog, name: string): CatalogTable | undefined {
  return tables.find((table) => qualifiedName(table) === name);
}
