import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../../core/duration.ts';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { formatSize } from '../../core/size.ts';
import { sqlitePath } from '../sql/database-url.ts';
import { DeadlineError } from '../sql/deadline.ts';
import { refusalOfSqlite } from './gate.ts';
import type { SqliteAnswer, SqliteMeasured, SqliteRequest } from './messages.ts';
import { type SqliteProcess, startSqliteProcess } from './process.ts';

/** A database of ours in a private folder, gone with `close`; what happens in it happens nowhere else. */
export interface SqliteScratch {
  readonly bytes: number;
  query<Row extends Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Any statements of ours. */
  execute(sql: string): Promise<void>;
  /** Runs a query of the user's to its end; only what reads is taken. */
  measure(sql: string, parameters?: readonly unknown[]): Promise<SqliteMeasured>;
  close(): Promise<void>;
}

export interface SqliteCopies {
  /** An empty database, to plan in. */
  empty(options: ScratchOptions): Promise<SqliteScratch>;
  /** Everything of the file, read in one transaction. Throws E_NOTHING_TO_CHECK when it is larger than `maxBytes`. */
  copy(url: string, options: ScratchOptions & { maxBytes: number }): Promise<SqliteScratch>;
}

export interface ScratchOptions {
  /** Of any one step. */
  timeoutMs: number;
  signal: AbortSignal;
}

const OPEN_TIMEOUT_MS = 10_000;

export const sqliteCopies: SqliteCopies = {
  async empty(options) {
    const folder = await mkdtemp(join(tmpdir(), 'rearguard-sqlite-'));
    return openScratch(folder, join(folder, 'scratch.db'), options);
  },

  async copy(url, options) {
    const path = sqlitePath(url);
    const bytes = await sizeWithLog(path);
    if (bytes > options.maxBytes) {
      throw new RearguardError('E_NOTHING_TO_CHECK', {
        message: `${path} has ${formatSize(bytes)}, more than the ${formatSize(options.maxBytes)} that are copied.`,
        hint: 'Try it on a smaller copy of your own.',
      });
    }
    // Readable for nobody else: mkdtemp makes it so.
    const folder = await mkdtemp(join(tmpdir(), 'rearguard-sqlite-'));
    const to = join(folder, 'copy.db');
    const reader = startSqliteProcess(options.signal);
    try {
      await ask(reader, { kind: 'open', path, mode: 'read' }, OPEN_TIMEOUT_MS);
      await ask(reader, { kind: 'copy', to }, options.timeoutMs);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    } finally {
      reader.close();
    }
    return openScratch(folder, to, options);
  },
};

async function openScratch(
  folder: string,
  path: string,
  { timeoutMs, signal }: ScratchOptions,
): Promise<SqliteScratch> {
  const process = startSqliteProcess(signal);
  const close = async (): Promise<void> => {
    process.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ask(process, { kind: 'open', path, mode: 'scratch' }, OPEN_TIMEOUT_MS);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    bytes: await sizeWithLog(path),
    close,
    async query<Row extends Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []) {
      const answer = await ask(process, { kind: 'query', sql, parameters }, timeoutMs);
      return (answer.kind === 'rows' ? answer.rows : []) as Row[];
    },
    async execute(sql) {
      await ask(process, { kind: 'execute', sql }, timeoutMs);
    },
    async measure(sql, parameters = []) {
      const refusal = refusalOfSqlite(sql);
      if (refusal !== null) throw new RearguardError('E_SQL_REFUSED', { reason: refusal });
      const answer = await ask(process, { kind: 'measure', sql, parameters }, timeoutMs);
      if (answer.kind !== 'measured') throw new Error('it was not measured');
      return answer.measured;
    },
  };
}

async function ask(process: SqliteProcess, request: SqliteRequest, limitMs: number): Promise<SqliteAnswer> {
  try {
    return await process.ask(request, limitMs);
  } catch (error) {
    if (error instanceof DeadlineError) {
      throw new RearguardError('E_TIMEOUT', {
        what: 'A step in a copy of the database',
        limit: formatDuration(limitMs),
      });
    }
    if (error instanceof Error && error.name === 'SqliteFailure') {
      throw new RearguardError('E_SQL_REFUSED', { reason: reasonOf(error) }, { cause: error });
    }
    throw error;
  }
}

/** Of a file that is not there yet, none. */
async function sizeWithLog(path: string): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
