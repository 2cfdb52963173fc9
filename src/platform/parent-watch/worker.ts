/** The thread that looks whether the parent is still there. */
import { workerData } from 'node:worker_threads';
import { isProcessRunning } from '../is-process-running.ts';

const LOOK_MS = 500;
const parent = workerData as number;

setInterval(() => {
  // Whoever loses its parent is given another one; on Windows the id stays, and its process is gone.
  if (process.ppid === parent && isProcessRunning(parent)) return;
  try {
    process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
  } catch {
    // It leads no group.
    process.kill(process.pid, 'SIGKILL');
  }
}, LOOK_MS);
