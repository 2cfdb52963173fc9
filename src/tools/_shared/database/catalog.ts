/** What a database consists of and what its planner knows, in one read; the same for every dialect. */
export interface Catalog {
  /** Where unqualified names are looked up, in order. */
  searchPath: readonly string[];
  tables: readonly CatalogTable[];
  /** Names of extensions that are installed, with their versions. */
  extensions: ReadonlyMap<string, string>;
}

export type TableKind = 'table' | 'partitioned' | 'partition' | 'view' | 'materialized-view' | 'foreign';

export interface CatalogTable {
  /** Empty where the dialect has no schemas (SQLite). */
  schema: string;
  name: string;
  kind: TableKind;
  /** The server's own id, where it has one. */
  oid: number | null;
  /** The planner's estimate; null when the table was never analysed. */
  rows: number | null;
  /** Pages of the heap, as the planner has it. */
  pages: number;
  /** Share of pages that are all-visible, 0 to 1: what an index-only scan may skip. */
  allVisibleShare: number;
  /** Heap, indexes and TOAST together. */
  totalBytes: number;
  /** Of a partition: schema-qualified name of its parent. */
  parent: string | null;
  columns: readonly CatalogColumn[];
  indexes: readonly CatalogIndex[];
  foreignKeys: readonly ForeignKey[];
}

export interface CatalogColumn {
  name: string;
  /** attnum in PostgreSQL, else the position from 1. */
  number: number;
  /** As the server writes it: `character varying(80)`, `timestamp with time zone`. */
  type: string;
  notNull: boolean;
  /** null: no statistics, or no right to read them. */
  statistics: ColumnStatistics | null;
}

/** pg_stats of one column or of one expression of an index. Values are the server's text form and are the user's data. */
export interface ColumnStatistics {
  nullShare: number;
  averageWidth: number;
  /** Positive: a count; negative: a share of the rows (-1 is unique), as in pg_stats. */
  distinct: number;
  mostCommonValues: readonly string[];
  mostCommonShares: readonly number[];
  histogram: readonly string[];
  /** Between physical and logical order, -1 to 1; null where it makes no sense. */
  correlation: number | null;
}

export type IndexMethod = 'btree' | 'hash' | 'gin' | 'gist' | 'spgist' | 'brin' | 'fulltext' | 'other';

/** One key of an index: exactly one of `column` and `expression` is set. */
export interface IndexKey {
  column: string | null;
  /** SQL, as the server prints it. */
  expression: string | null;
  /** null: the default one of the type. */
  operatorClass: string | null;
  /** null: the column's own. */
  collation: string | null;
  direction: 'asc' | 'desc';
  nulls: 'first' | 'last';
}

/** An index that exists or is only thought of. */
export interface IndexDefinition {
  schema: string;
  table: string;
  method: IndexMethod;
  keys: readonly IndexKey[];
  /** Columns of INCLUDE. */
  include: readonly string[];
  /** SQL of the WHERE clause; null: all rows. */
  predicate: string | null;
  unique: boolean;
}

export interface CatalogIndex extends IndexDefinition {
  name: string;
  oid: number | null;
  /** The complete CREATE INDEX statement. */
  statement: string;
  primary: boolean;
  /** Name of the constraint it stands for; null: none. */
  constraint: string | null;
  replicaIdentity: boolean;
  /** false after a CREATE INDEX CONCURRENTLY that failed, or while one runs. */
  valid: boolean;
  /** Of an index on a partition: name of the index it belongs to. */
  parent: string | null;
  bytes: number;
  pages: number;
  /** Entries; null when never counted. */
  entries: number | null;
  /** By position of the key: statistics of its expression; only where there are some. */
  expressionStatistics?: readonly (ColumnStatistics | null)[];
}

export interface ForeignKey {
  name: string;
  columns: readonly string[];
  /** Schema-qualified. */
  referencedTable: string;
  referencedColumns: readonly string[];
  onDelete: 'no-action' | 'restrict' | 'cascade' | 'set-null' | 'set-default';
}

/** `schema.table`, or `table` where there are no schemas: the name of subjects. */
export function qualifiedName({ schema, name }: Pick<CatalogTable, 'schema' | 'name'>): string {
  return schema === '' ? name : `${schema}.${name}`;
}
