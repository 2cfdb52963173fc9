import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import { sqlitePath } from '../sql/database-url.ts';
import { DeadlineError } from '../sql/deadline.ts';
import type { QueryOptions, SqlConnector } from '../sql/types.ts';
import { refusalOfSqlite } from './gate.ts';
import { type SqliteProcess, startSqliteProcess } from './process.ts';

/** Of starting the process and reading the schema, beside the time of a statement. */
const START_TIMEOUT_MS = 10_000;

/**
 * Sessions on SQLite files that are never made, changed or checkpointed: the file is opened for reading only, gate.ts keeps
 * out what makes other files, and no log is left behind. A statement that takes longer than its time ends with the
 * process it runs in; the next has a new one.
 */
export function createSqliteConnector(): SqlConnector {
  return {
    async open(url, { statementTimeoutMs, signal }) {
      const path = sqlitePath(url);
      await assertFile(path);
      let running: SqliteProcess | undefined;

      async function open(): Promise<{ process: SqliteProcess; version: string }> {
        const process = startSqliteProcess(signal);
        try {
          const answer = await process.ask({ kind: 'open', path, mode: 'read' }, START_TIMEOUT_MS);
          return { process, version: answer.kind === 'opened' ? answer.version : '' };
        } catch (error) {
          process.close();
          throw failedOpen(path, error, signal);
        }
      }

      const first = await open();
      running = first.process;
      // One after another: the process has one thread.
      let last: Promise<unknown> = Promise.resolve();

      async function run(
        sql: string,
        parameters: readonly unknown[],
        limitMs: number,
      ): Promise<Record<string, unknown>[]> {
        const refusal = refusalOfSqlite(sql);
        if (refusal !== null) throw new RearguardError('E_SQL_REFUSED', { reason: refusal });
        if (running === undefined) throw new RearguardError('E_SQL_REFUSED', { reason: 'it is closed' });
        if (!running.isRunning()) running = (await open()).process;
        const answer = await running.ask({ kind: 'query', sql, parameters }, limitMs);
        return answer.kind === 'rows' ? answer.rows : [];
      }

      return {
        dialect: 'sqlite',
        serverVersion: first.version,
        query<Row extends Record<string, unknown>>(
          sql: string,
          parameters: readonly unknown[] = [],
          { timeoutMs = statementTimeoutMs }: QueryOptions = {},
        ) {
          const limitMs = Math.min(timeoutMs, statementTimeoutMs);
          const result = last.then(() =>
            run(sql, parameters, limitMs).then(
              (rows) => rows as Row[],
              (error: unknown) => {
                throw failedQuery(path, error, limitMs, signal);
              },
            ),
          );
          last = result.catch(() => undefined);
          return result;
        },
        async close() {
          await last;
          running?.close();
          running = undefined;
        },
      };
    },
  };
}

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error) && found.isFile()) return;
  throw new RearguardError('E_UNREACHABLE', {
    what: `the SQLite file ${path}`,
    reason: found instanceof Error ? (found.code ?? 'it cannot be read') : 'it is not a file',
    hint: 'Check the path in the config, which is relative to the config; Rearguard never makes a database.',
  });
}

function failedOpen(path: string, error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (error instanceof RearguardError) return error;
  const { code, message } = error as Error & { code?: string };
  return new RearguardError(
    'E_UNREACHABLE',
    {
      what: `the SQLite file ${path}`,
      reason: message,
      hint:
        code === 'REARGUARD_LEFTOVER_LOG'
          ? 'Open and close it once with your own program: reading it as it is would leave a file behind.'
          : 'Check that it is an unencrypted SQLite database and that it may be read.',
    },
    { cause: error },
  );
}

function failedQuery(path: string, error: unknown, limitMs: number, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (error instanceof RearguardError) return error;
  if (error instanceof DeadlineError) {
    const details = { what: `A query on ${basename(path)}`, limit: formatDuration(limitMs) };
    return new RearguardError('E_TIMEOUT', details, { cause: error });
  }
  return new RearguardError('E_SQL_REFUSED', { reason: (error as Error).message }, { cause: error });
}
