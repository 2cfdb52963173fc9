import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../src/platform/worker-entry.ts';
import type { WatchAccount, WatchTask } from './watch-subject.ts';

export interface Subject {
  pid: number;
  /** CLOCK_MONOTONIC: when it was launched, and when it said that it watches. */
  launchedAtMs: number;
  watchingSinceMs: number;
  stop(): Promise<WatchAccount>;
  kill(): void;
}

/** Starts a watching process; resolves when its schedule stands. */
export async function startSubject(
  task: WatchTask,
  options: { execArgv?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Subject> {
  const launchedAtMs = monotonicMs();
  const child: ChildProcess = fork(fileURLToPath(workerEntry(import.meta.url, './watch-subject')), [], {
    execArgv: options.execArgv ?? [],
    env: { ...process.env, ...options.env },
  });
  child.send(task);
  await message(child);
  return {
    pid: child.pid ?? -1,
    launchedAtMs,
    watchingSinceMs: monotonicMs(),
    stop: () => {
      const account = message(child) as Promise<WatchAccount>;
      child.send('stop');
      return account;
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

async function message(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(([code]) => {
    throw new Error(`the watching process ended early (${String(code)})`);
  });
  try {
    const received = (await Promise.race([once(child, 'message'), ended])) as [unknown];
    return received[0];
  } finally {
    gone.abort();
    ended.catch(() => undefined);
  }
}

/** CLOCK_MONOTONIC on Linux, comparable between processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
