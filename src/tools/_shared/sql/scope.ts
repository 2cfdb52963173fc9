import { type Catalog, type CatalogColumn, type CatalogTable, qualifiedName } from '../database/catalog.ts';

/** What stands in a FROM clause under one name. */
export interface Source {
  alias: string;
  /** null: a subquery, a CTE, a function, or a table that the catalogue does not have. */
  table: CatalogTable | null;
  /** Columns of a subquery and where they come from; null: nobody knows its columns. */
  columns: ReadonlyMap<string, Lineage> | null;
  /** On the side of an outer join that may be all NULL. */
  nullable: boolean;
}

/** The table column that a column of a subquery is; null: it is computed. */
export type Lineage = BaseColumn | null;

/** A column of one mention of a table. */
export interface BaseColumn {
  table: CatalogTable;
  column: CatalogColumn;
  alias: string;
  /** Of the (sub)query that reads the table. */
  scope: number;
  /** Whether a condition on it reaches the scan of the table: not through LIMIT, aggregates and their like. */
  reachesScan: boolean;
}

export interface Scope {
  id: number;
  /** Whose columns can be seen from here, beside its own: the query around a subquery. */
  outer: Scope | null;
  sources: Source[];
  /** Columns of CTEs by name; those of the queries around are seen, too. */
  ctes: ReadonlyMap<string, ReadonlyMap<string, Lineage> | null>;
  /** How it hangs on the query around it: decides whether a correlated column is a join there. */
  link: 'top' | 'from' | 'semi' | 'anti' | 'scalar';
}

export interface Resolved extends BaseColumn {
  source: Source;
  /** 0: of this query; 1: of the one around it. */
  depth: number;
}

/** Tables by name, as a server with this search path finds them. */
export type TableLookup = (schema: string | undefined, name: string) => CatalogTable | null;

export function tableLookup({ tables, searchPath }: Catalog): TableLookup {
  const byName = new Map(tables.map((table) => [qualifiedName(table), table]));
  return (schema, name) => {
    const schemas = schema === undefined ? [...searchPath, ''] : [schema];
    for (const one of schemas) {
      const found = byName.get(qualifiedName({ schema: one, name }));
      if (found) return found;
    }
    return null;
  };
}

/** What a column's name means here; null where it cannot be told or is no column of a table. */
export function resolveColumn(path: readonly string[], scope: Scope): Resolved | null {
  const name = path.at(-1) ?? '';
  const alias = path.length > 1 ? path.at(-2) : undefined;
  for (let [at, depth]: [Scope | null, number] = [scope, 0]; at !== null; at = at.outer, depth += 1) {
    let open = false;
    for (const source of at.sources) {
      if (alias !== undefined && source.alias !== alias) continue;
      const found = columnOf(source, name, at.id);
      if (found !== undefined) return found && { ...found, source, depth };
      open ||= source.table === null && source.columns === null;
    }
    // It may belong to the source whose columns nobody knows.
    if (open || (alias !== undefined && at.sources.some((source) => source.alias === alias))) return null;
  }
  return null;
}

/** undefined: it has no such column, as far as is known. */
function columnOf(source: Source, name: string, scope: number): Lineage | undefined {
  if (source.table === null) return source.columns?.get(name);
  const column = source.table.columns.find((one) => one.name === name);
  return column && { table: source.table, column, alias: source.alias, scope, reachesScan: true };
}

/** Every column of a source, as `*` takes them; empty where they are not known. */
export function columnsOf(source: Source, scope: number): { name: string; lineage: Lineage }[] {
  if (source.table === null) {
    return [...(source.columns ?? [])].map(([name, lineage]) => ({ name, lineage }));
  }
  const { table, alias } = source;
  return table.columns.map((column) => ({
    name: column.name,
    lineage: { table, column, alias, scope, reachesScan: true },
  }));
}

/** The source that a whole-row reference `t` means. */
export function sourceNamed(alias: string, scope: Scope): Source | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.sources.find((source) => source.alias === alias);
    if (found) return found;
  }
  return null;
}
