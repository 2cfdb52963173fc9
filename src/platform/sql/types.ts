export type SqlDialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite';

/** A session that cannot write: enforced by the database, not by reading the SQL. */
export interface SqlSession {
  readonly dialect: SqlDialect;
  /** As the server reports it: `18.4`. */
  readonly serverVersion: string;
  query<Row extends Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface SqlConnector {
  /** Opens a read-only session with statement, lock and idle timeouts; the password never shows in errors. */
  open(url: string, options: { statementTimeoutMs: number; signal: AbortSignal }): Promise<SqlSession>;
}
