import Database from 'libsql';
import { BUSY_TIMEOUT_MS, isBusy, toStoreError } from './sql-errors.ts';

/** What may be bound. Never a boolean: libsql ends the whole process on one. */
export type SqlValue = number | string | null | Uint8Array;

export interface Statement<Row> {
  /** Number of rows changed. */
  run(...values: SqlValue[]): number;
  /** Rows carry the engine's own `_metadata` beside the columns; blobs are ArrayBuffers. */
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/** The embedded engine behind the few calls the store uses; everything thrown is already a coded error. */
export interface Connection {
  readonly path: string;
  prepare<Row = never>(sql: string): Statement<Row>;
  exec(sql: string): void;
  /** Alone among all writers of all processes. Not reentrant. */
  transaction<Result>(work: () => Result): Result;
  /** Reads that see one state of the store, whatever others write meanwhile. Not reentrant. */
  snapshot<Result>(work: () => Result): Result;
  /** Nothing is accepted afterwards; the engine lets go of the files when the statements are garbage collected. */
  close(): void;
}

const WAL_ATTEMPTS = 500;
const WAL_RETRY_MS = 20;

/** Opens without changing anything in the file. */
export function connect(path: string): Connection {
  const db = translated(path, () => new Database(path, { timeout: BUSY_TIMEOUT_MS }));

  function within<Result>(begin: string, work: () => Result): Result {
    return translated(path, () => {
      db.exec(begin);
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (thrown) {
        // A full disk has rolled back already, and a second rollback would hide what happened.
        if (db.inTransaction) db.exec('ROLLBACK');
        throw thrown;
      }
    });
  }

  return {
    path,
    prepare<Row>(sql: string): Statement<Row> {
      const statement = translated(path, () => db.prepare(sql));
      // Values go as one array: spread, a lone null would be taken for a set of named parameters.
      return {
        run: (...values) => translated(path, () => statement.run(values).changes),
        get: (...values) => translated(path, () => statement.get(values) as Row | undefined),
        all: (...values) => translated(path, () => statement.all(values) as Row[]),
      };
    },
    exec: (sql) => translated(path, () => void db.exec(sql)),
    transaction: (work) => within('BEGIN IMMEDIATE', work),
    snapshot: (work) => within('BEGIN DEFERRED', work),
    close: () => void db.close(),
  };
}

/**
 * The cache has room for the newest page of a thousand series, each of which grows at its own place, and for what is read
 * beside them. A daemon's memory grows until it is full, so more of it would only look like a leak for longer.
 */
const CACHE_KIB = 8_000;

/**
 * Write-ahead logging, with the log flushed at every commit: what was acknowledged survives SIGKILL and a power cut.
 * Switching to it needs the file for a moment alone, and the engine does not wait for that by itself.
 */
export function configure(connection: Connection): void {
  // Counts only while the file is still empty.
  connection.exec('PRAGMA auto_vacuum = INCREMENTAL');
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      break;
    } catch (thrown) {
      const busy = isBusy(thrown instanceof Error ? thrown.cause : undefined);
      if (!busy || attempt === WAL_ATTEMPTS) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAL_RETRY_MS);
    }
  }
  connection.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA analysis_limit = 400;
    PRAGMA cache_size = -${CACHE_KIB};
  `);
}

function translated<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw toStoreError(thrown, path);
  }
}
