import type { ChildProcess } from 'node:child_process';

/** Ends a program that was started in a group of its own (`detached`), with all it started. */
export function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // All of them are gone already (ESRCH), or what is left is not ours to end (EPERM).
  }
}
