/** A load worker in a process of its own, as one on another machine would be: nothing ends it when its controller is gone, but itself. */
import { createLoadWorker } from '../../../src/platform/load/engine/load-worker.ts';
import type { ToWorker } from '../../../src/platform/load/bus/messages.ts';

const worker = createLoadWorker((message) => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
});
process.on('message', (message: ToWorker) => worker.receive(message));
