import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../../../core/errors.ts';
import { workerEntry } from '../../worker-entry.ts';
import type { FromWorker } from './messages.ts';
import type { LoadBus, WorkerLink } from './types.ts';

/** Workers as threads of this process, each with an event loop and sockets of its own. */
export function createThreadBus(): LoadBus {
  return {
    async place(workers) {
      const file = workerEntry(import.meta.url, '../engine/worker-entry');
      const links = await Promise.allSettled(Array.from({ length: workers }, () => startThread(file)));
      const failed = links.find((link) => link.status === 'rejected');
      const placed = links.flatMap((link) => (link.status === 'fulfilled' ? [link.value] : []));
      if (failed !== undefined) {
        await Promise.all(placed.map((link) => link.close()));
        throw failed.reason;
      }
      return placed;
    },
  };
}

async function startThread(entry: URL): Promise<WorkerLink> {
  const thread = new Worker(entry, { name: 'rearguard-load' });
  await once(thread, 'online');
  let open = true;
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    send: (message) => thread.postMessage(message),
    listen({ onMessage, onLost }) {
      const lost = (reason: string): void => {
        if (open) onLost(reason);
        open = false;
      };
      thread.on('message', (message: FromWorker) => onMessage(message));
      thread.on('messageerror', (error) => lost(reasonOf(error)));
      thread.on('error', (error) => lost(reasonOf(error)));
      thread.on('exit', (code) => lost(`its thread ended with code ${code}`));
    },
    async close() {
      open = false;
      await thread.terminate();
    },
  };
}
