import { Worker } from 'node:worker_threads';
import { reasonOf } from '../../../core/errors.ts';
import { workerEntry } from '../../worker-entry.ts';
import type { FromWorker } from './messages.ts';
import type { LoadBus, WorkerLink } from './types.ts';

const loadWorkerEntry = (): URL => workerEntry(import.meta.url, '../engine/worker-entry');

/** Workers as threads of this process, each with an event loop and sockets of its own. */
export function createThreadBus(entry: () => URL = loadWorkerEntry): LoadBus {
  return {
    place: async (workers) => {
      const file = entry();
      return Array.from({ length: workers }, () => startThread(file));
    },
  };
}

/** What is sent before the thread is up waits for it. */
function startThread(entry: URL): WorkerLink {
  const thread = new Worker(entry, { name: 'rearguard-load' });
  let isOpen = true;
  let loss: string | null = null;
  let onLost: (reason: string) => void = () => undefined;
  // From the first moment on: an error of a thread that nobody listens to ends the process.
  const lose = (reason: string): void => {
    if (!isOpen || loss !== null) return;
    loss = reason;
    onLost(reason);
  };
  thread.on('messageerror', (error) => lose(reasonOf(error)));
  thread.on('error', (error) => lose(reasonOf(error)));
  thread.on('exit', (code) => lose(`its thread ended with code ${code}`));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    send: (message) => thread.postMessage(message),
    listen(handlers) {
      thread.on('message', (message: FromWorker) => handlers.onMessage(message));
      ({ onLost } = handlers);
      const reason = loss;
      if (reason !== null) queueMicrotask(() => onLost(reason));
    },
    async close() {
      isOpen = false;
      await thread.terminate();
    },
  };
}
