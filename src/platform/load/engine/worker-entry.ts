/** The thread that makes load. It does nothing else, so that what it measures is the server and not us. */
import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../bus/messages.ts';
import { createLoadWorker } from './load-worker.ts';

const worker = createLoadWorker((message) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
});
parentPort?.on('message', (message: ToWorker) => worker.receive(message));
