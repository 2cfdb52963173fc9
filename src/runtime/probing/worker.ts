/** The thread that probes. It does nothing else, so that what it measures is the target and not us. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../platform/clock.ts';
import { createNetGuard } from '../../platform/net-guard.ts';
import { createProbeEngine } from './engine.ts';
import type { EngineRequest, WorkerSettings } from './messages.ts';

const { allowHosts } = workerData as WorkerSettings;
const engine = createProbeEngine({
  clock: systemClock,
  guard: createNetGuard({ allowHosts }),
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  post: (reply) => parentPort?.postMessage(reply),
});
parentPort?.on('message', (request: EngineRequest) => engine.receive(request));
