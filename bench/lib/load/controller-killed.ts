import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import { type BenchRow, row } from '../bench.ts';
import { startStageServer } from './stage-server.ts';

const LOAD_MS = 2_500;
/** Longer than the goal, so that what comes too late is seen. */
const WATCH_MS = 5_000;

/** A controller is killed while its workers, each a process that lives on, make load: when the last request came. */
export async function controllerKilledRows(log: (line: string) => void): Promise<BenchRow[]> {
  log('controller killed');
  const server = await startStageServer();
  const controller = fork(fileURLToPath(workerEntry(import.meta.url, './orphan-controller')));
  let workers: readonly number[] = [];
  try {
    controller.send(server.url);
    [workers] = (await once(controller, 'message')) as [readonly number[]];
    await sleep(LOAD_MS);
    const before = await server.account();
    const killedAtMs = Date.now();
    controller.kill('SIGKILL');
    await sleep(WATCH_MS);
    const { lastAtMs, requests } = await server.account();
    return [
      row({
        name: 'controller killed: the last request of its workers came after',
        value: lastAtMs === null ? null : Math.max(0, Math.round(lastAtMs - killedAtMs)),
        unit: 'ms',
        goal: { op: '<=', value: 3_000 },
        samples: before.requests + requests,
        note: `${workers.length} workers in processes of their own; ${before.requests} requests before`,
      }),
    ];
  } finally {
    controller.kill('SIGKILL');
    for (const pid of workers) end(pid);
    await server.stop();
  }
}

/** They should have ended by themselves. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has.
  }
}
