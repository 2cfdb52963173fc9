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
  /** SQL with unqualified columns: `lower(email)`. */
  expression: string | null;
  role: ColumnRole;
  /** As written: `=`, `@>`, `~~*`. */
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
