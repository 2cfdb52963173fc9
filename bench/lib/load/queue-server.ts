import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/platform/worker-entry.ts';

export interface QueueServer {
  url: string;
  /** Requests a second: places / service time. */
  capacity: number;
  stop(): Promise<void>;
}

/** A server of known capacity, in a process of its own. */
export async function startQueueServer(places: number, serviceMs: number): Promise<QueueServer> {
  const entry = fileURLToPath(workerEntry(import.meta.url, './queue-process'));
  const child = fork(entry, [String(places), String(serviceMs)]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    capacity: (places * 1_000) / serviceMs,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
