/** What we and the process that reads a SQLite file say to each other; a request has one answer, in order. */
export type SqliteRequest =
  | { kind: 'open'; path: string; mode: 'read' | 'scratch' }
  | { kind: 'query'; sql: string; parameters: readonly unknown[] }
  /** Scratch only: statements that return nothing. */
  | { kind: 'execute'; sql: string }
  /** Runs a query to its end and says what came out. */
  | { kind: 'measure'; sql: string; parameters: readonly unknown[] }
  /** A compact copy of the file that is open, to a file that must not exist. */
  | { kind: 'copy'; to: string };

export type SqliteAnswer =
  | { kind: 'opened'; version: string }
  | { kind: 'rows'; rows: Record<string, unknown>[] }
  | { kind: 'measured'; measured: SqliteMeasured }
  | { kind: 'done' }
  | { kind: 'failed'; code: string; message: string };

export interface SqliteMeasured {
  /** By the clock of that process, over preparing and all rows. */
  milliseconds: number;
  rows: number;
  /** Over the values of all rows; the order of rows counts only in `ordered`. */
  ordered: string;
  unordered: string;
}
