import { Worker } from 'node:worker_threads';
import { workerEntry } from '../worker-entry.ts';

/**
 * Ends this process, and what it started in its group, as soon as the process that started it is gone: also out of a loop that never comes back
 * to any handler of ours, which would otherwise take a core for ever. For processes that run code of the user's. The thread does not
 * keep the process.
 */
export function endWithParent(): void {
  new Worker(workerEntry(import.meta.url, './worker'), {
    name: 'rearguard-parent-watch',
    workerData: process.ppid,
    // Its pipes would be served by the main thread, which may never come back to it.
    stdout: true,
    stderr: true,
  }).unref();
}
