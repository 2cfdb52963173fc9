import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../worker-entry.ts';
import { DeadlineError } from '../sql/deadline.ts';
import type { SqliteAnswer, SqliteRequest } from './messages.ts';

/** SQLite in a process of its own, which ends with us, with a deadline, and with the signal. */
export interface SqliteProcess {
  /** Fails with SqliteFailure, DeadlineError (the process is gone then) or the signal's reason. */
  ask(request: SqliteRequest, limitMs: number): Promise<SqliteAnswer>;
  isRunning(): boolean;
  close(): void;
}

/** What SQLite itself said. */
export class SqliteFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SqliteFailure';
    this.code = code;
  }
}

export function startSqliteProcess(signal: AbortSignal): SqliteProcess {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './worker')), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    // Nothing of what we were given to read servers with.
    env: { PATH: process.env['PATH'] ?? '' },
  });
  // While nobody waits for an answer, it does not keep us alive.
  child.unref();
  child.channel?.unref();
  let isOver = false;
  child.once('exit', () => (isOver = true));
  const end = (): void => {
    isOver = true;
    child.kill('SIGKILL');
  };
  const abort = (): void => end();
  signal.addEventListener('abort', abort, { once: true });

  return {
    isRunning: () => !isOver && child.connected,
    close() {
      signal.removeEventListener('abort', abort);
      end();
    },
    async ask(request, limitMs) {
      signal.throwIfAborted();
      const answer = await answerOf(child, request, limitMs).catch((error: unknown) => {
        // What it would answer later belongs to nobody.
        if (!(error instanceof SqliteFailure)) end();
        signal.throwIfAborted();
        throw error;
      });
      if (answer.kind === 'failed') throw new SqliteFailure(answer.code, answer.message);
      return answer;
    },
  };
}

function answerOf(child: ChildProcess, request: SqliteRequest, limitMs: number): Promise<SqliteAnswer> {
  return new Promise((resolve, reject) => {
    function settle(end: () => void): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      child.channel?.unref();
      end();
    }
    const onMessage = (answer: SqliteAnswer): void => settle(() => resolve(answer));
    const onError = (error: Error): void => settle(() => reject(error));
    const onExit = (code: number | null): void =>
      settle(() => reject(new SqliteFailure('', `the process that reads it ended (${code ?? 'killed'})`)));
    const timer = setTimeout(() => settle(() => reject(new DeadlineError(limitMs))), limitMs);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.channel?.ref();
    child.send(request, (error) => {
      if (error) onError(error);
    });
  });
}
