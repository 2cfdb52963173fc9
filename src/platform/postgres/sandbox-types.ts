import type { CopyLimits, CopyResult, TableCopy } from '../sql/copy.ts';
import type { SandboxFiles } from './sandbox-files.ts';

/** Throwaway PostgreSQL servers on this machine, for work that must not touch the user's. */
export interface Sandboxes {
  /** Majors that one can be started of, ascending. */
  majors(): Promise<readonly number[]>;
  /** The command line that makes a major available. */
  installCommand(major: number): string;
  /**
   * Starts one: loopback only, readable for nobody else, gone when it is closed, when the signal is aborted, or when
   * this process ends in any way. Throws E_POSTGRES_MISSING.
   */
  start(options: SandboxOptions): Promise<Sandbox>;
}

export interface SandboxOptions {
  major: number;
  /** Server settings by name. */
  settings?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

export interface Sandbox {
  readonly major: number;
  /** `16.14` */
  readonly serverVersion: string;
  readonly files: SandboxFiles;
  /**
   * Makes a database with the first of these locales that this machine has. Only whether it is C decides which indexes
   * serve LIKE, but the order of values follows all of it.
   */
  createDatabase(name: string, locales: readonly string[]): Promise<SandboxDatabase>;
  close(): Promise<void>;
}

export interface SandboxDatabase {
  readonly locale: string;
  /**
   * owner: may do what it wants in this database and reaches nothing beyond it; whatever comes from the user's server is
   * run as it, because functions of theirs may do anything. superuser: for the system's catalogue, by our own statements.
   */
  connect(role: 'owner' | 'superuser'): Promise<SandboxSession>;
}

/** One statement at a time. Throws E_SANDBOX with the server's own words; its `cause` is the driver's error. */
export interface SandboxSession {
  /** Any number of statements, as one implicit transaction. */
  execute(sql: string): Promise<void>;
  /** A single statement. Values as the driver gives them: `bigint` and `numeric` as text. */
  query<Row extends Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Streams rows out of another database into tables of this one. */
  copyFrom(
    url: string,
    tables: readonly TableCopy[],
    limits: CopyLimits,
    signal: AbortSignal,
  ): Promise<CopyResult[]>;
  close(): Promise<void>;
}
