export type SqlDialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite';

/** A session that cannot write: enforced by the database, not by reading the SQL. */
export interface SqlSession {
  readonly dialect: SqlDialect;
  /** As the server reports it: `18.4`. */
  readonly serverVersion: string;
  query<Row extends Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Row[]>;
  /**
   * How a query with parameters `$n` is planned for values not known yet, as the server's own document (PostgreSQL: EXPLAIN in
   * JSON). Nothing is run. Absent where the dialect has no such plans.
   */
  genericPlan?(sql: string, options?: Pick<QueryOptions, 'timeoutMs'>): Promise<unknown>;
  close(): Promise<void>;
}

export interface QueryOptions {
  /** A limit shorter than the session's own. */
  timeoutMs?: number;
  /**
   * The statement is ours and reads the system's catalogue only: names mean nothing else, waiting for locks ends sooner,
   * and neither much memory nor a second process is used. Not for EXPLAIN, whose answer depends on such settings.
   */
  catalog?: boolean;
}

export interface SqlConnector {
  /** Opens a read-only session with statement, lock and idle timeouts; the password never shows in errors. */
  open(url: string, options: { statementTimeoutMs: number; signal: AbortSignal }): Promise<SqlSession>;
}
