/** A controller whose workers are processes; told a URL, it makes load until it is killed. Says the pids of its workers first. */
import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker } from '../../../src/platform/load/bus/messages.ts';
import type { LoadBus, WorkerLink } from '../../../src/platform/load/bus/types.ts';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import { arrivals } from '../../../src/core/load/plan-fixture.ts';
import { benchGenerator, benchPlan } from './load-run.ts';

/** Structured copies, because a plan may hold typed arrays; nothing that ends a worker with this process. */
const FORK_OPTIONS: ForkOptions = {
  serialization: 'advanced',
  detached: true,
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
};

const bus: LoadBus = {
  async place(workers) {
    const children = Array.from({ length: workers }, () =>
      fork(fileURLToPath(workerEntry(import.meta.url, './orphan-worker')), [], FORK_OPTIONS),
    );
    process.send?.(children.map(({ pid }) => pid));
    return children.map(link);
  },
};

function link(child: ChildProcess): WorkerLink {
  return {
    send: (message) => void child.send(message),
    listen({ onMessage, onLost }) {
      child.on('message', (message: FromWorker) => onMessage(message));
      child.on('exit', () => onLost('its process ended'));
    },
    close: async () => void child.kill('SIGKILL'),
  };
}

process.on('message', (url: string) => {
  const plan = benchPlan(url, arrivals(500, 60_000));
  const options = { signal: new AbortController().signal, confirmed: [], workers: 2 };
  void benchGenerator({ bus }).start(plan, options);
});
