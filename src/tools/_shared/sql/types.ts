/**
 * What a statement does, taken from its syntax tree and the catalogue: which columns it uses in which role. This is
 * what indexes are proposed from, and what rules about queries look at.
 */
export interface QueryShape {
  /**
   * Our identity of a statement: the parser's fingerprint, the kinds of operators and the relations. It tells a look-up
   * by key from its batched form, which share a fingerprint, and is the same for every server.
   */
  key: string;
  fingerprint: string;
  kind: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'utility';
  /** For people, stable: `SELECT orders, order_items`. */
  label: string;
  /** Every mention of a relation, in the order of the text. */
  tables: readonly TableUse[];
  uses: readonly ColumnUse[];
  /** Of the outermost statement. */
  limit: Value | null;
  offset: Value | null;
  /** Parameters `$n` that occur, and the type each is compared with where that is known: `integer`. */
  parameters: ReadonlyMap<number, string | null>;
  traits: QueryTraits;
}

/** What rules about queries look at and indexes are not made of. */
export interface QueryTraits {
  /** Aliases of the outermost select list that are taken whole, by `*` or `t.*`. */
  stars: readonly string[];
  /** Columns that the outermost select list returns as they are. */
  returned: readonly { table: string; column: string }[];
  /** Aggregates without GROUP BY: one row, whatever is read. */
  singleRow: boolean;
  /** The select list is `count(…)` alone, without GROUP BY and DISTINCT. */
  counts: boolean;
  grouped: boolean;
  distinct: boolean;
  /** UNION, INTERSECT or EXCEPT at the top. */
  setOperation: boolean;
  /** Anywhere in the statement, CTEs included. */
  modifiesData: boolean;
  locking: {
    strength: 'update' | 'no-key-update' | 'share' | 'key-share';
    wait: 'wait' | 'nowait' | 'skip-locked';
  } | null;
  /** Subqueries in expressions; those in FROM are scopes like any other. */
  subqueries: readonly Subquery[];
  /** ORs that must hold for every row. */
  alternatives: readonly Alternatives[];
  /** Columns that a comparison casts, so that an index on the bare column cannot serve it. */
  casts: readonly ColumnCast[];
  /** Names of functions that are called, as written, in the order of the text. */
  functions: readonly string[];
}

export interface Subquery {
  kind: 'scalar' | 'exists' | 'in' | 'not-in' | 'other';
  place: 'select-list' | 'condition' | 'other';
  /** Its own scope, and that of the query around it. */
  scope: number;
  outerScope: number;
  /** Uses a column of a query around it. */
  correlated: boolean;
  /** Of `not-in`: whether its column, or what is compared with it, may be NULL by the catalogue; null: cannot be told. */
  nullable: boolean | null;
  /** Of `in` and `not-in`: what is compared, and what it is compared with, where they are plain columns. */
  outerColumn: { table: string; column: string } | null;
  innerColumn: { table: string; column: string } | null;
  sql: string;
}

export interface Alternatives {
  scope: number;
  sql: string;
  /** What each side of the OR uses; empty where a side uses no column of a known table. */
  arms: readonly { sql: string; uses: readonly ColumnUse[] }[];
}

export interface ColumnCast {
  table: string;
  alias: string;
  scope: number;
  column: string;
  /** Of the column, and what it becomes. */
  from: string;
  to: string;
  /** As written: `::text` on the column; or by the server, because the other side has a wider type. */
  how: 'explicit' | 'implicit';
  operator: string;
  conjunct: boolean;
}

export interface TableUse {
  /** `schema.table` as the catalogue has it; null when it is not there (a CTE, a function, a table of another database). */
  table: string | null;
  /** As the text names it. */
  name: string;
  alias: string;
  /** Which (sub)query it belongs to; 0 is the outermost. */
  scope: number;
  access: 'read' | 'write';
}

export type ColumnRole =
  /** `= value`, also `IN` of one */
  | 'equality'
  /** `IN (…)`, `= ANY (…)` */
  | 'list'
  | 'range'
  /** LIKE or a regular expression: anchored at its beginning, or not */
  | 'prefix'
  | 'pattern'
  /** `@>`, `?`, `&&`, `@@` and their like */
  | 'contains'
  | 'is-null'
  | 'is-not-null'
  /** `<>`, NOT IN, and whatever else no index serves */
  | 'other-condition'
  | 'join'
  | 'order'
  | 'group'
  /** returned, or needed above the scan in any other way */
  | 'projected'
  /** set by UPDATE or INSERT */
  | 'written';

/** One column, or one expression over the columns of one table, in one role. */
export interface ColumnUse {
  /** `schema.table`. */
  table: string;
  alias: string;
  scope: number;
  /** Exactly one of the two is set. */
  column: string | null;
  /** SQL with unqualified columns: `lower(email)`. It may hold `$n` where the statement is normalised: `date_trunc($1, x)`. */
  expression: string | null;
  role: ColumnRole;
  /** As the column's side has it, so `>` for `5 < x`: `=`, `@>`, `~~*`. */
  operator: string | null;
  /** What it is compared with. */
  value: Value | null;
  /** Must hold for every row of the scan; false under OR and NOT. */
  conjunct: boolean;
  /** Of ORDER BY and GROUP BY: position from 0. */
  position: number | null;
  direction: 'asc' | 'desc' | null;
  nulls: 'first' | 'last' | null;
}

export type Value =
  /** In the server's text form. */
  | { kind: 'constant'; text: string }
  | { kind: 'parameter'; number: number }
  | { kind: 'column'; table: string; column: string }
  | { kind: 'expression'; sql: string };
