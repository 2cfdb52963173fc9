import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import type { StageAccount, StageOrder } from './stage-process.ts';

/** A server of a process of its own that behaves as it is told to, and counts who came. */
export interface StageServer {
  url: string;
  pid: number;
  tell(order: StageOrder): void;
  /** What came since the last time. */
  account(): Promise<StageAccount>;
  stop(): Promise<void>;
}

/** `host`: where it listens. */
export async function startStageServer(host = '127.0.0.1'): Promise<StageServer> {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './stage-process')), [host]);
  const hear = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0];
  const port = (await hear()) as number;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    pid: child.pid ?? -1,
    tell: (order) => void child.send(order),
    account: () => {
      const account = hear() as Promise<StageAccount>;
      child.send({ kind: 'account' } satisfies StageOrder);
      return account;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
