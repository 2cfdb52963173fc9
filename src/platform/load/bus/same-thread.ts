import { createLoadWorker } from '../engine/load-worker.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { LoadBus, WorkerLink } from './types.ts';

/**
 * Workers on the calling thread, for tests and for where no threads are wanted: what the thread does besides shows as lag.
 * Messages are copied and come later, as between threads.
 */
export function createSameThreadBus(): LoadBus {
  return { place: async (workers) => Array.from({ length: workers }, link) };
}

function link(): WorkerLink {
  let onMessage: (message: FromWorker) => void = () => undefined;
  let open = true;
  const worker = createLoadWorker((message) => {
    const copy = structuredClone(message);
    setImmediate(() => open && onMessage(copy));
  });
  return {
    send(message: ToWorker) {
      const copy = structuredClone(message);
      setImmediate(() => open && worker.receive(copy));
    },
    listen(handlers) {
      onMessage = (message) => handlers.onMessage(message);
    },
    async close() {
      open = false;
      // There is no thread to end: this is how it lets go of its sockets.
      worker.receive({ kind: 'stop', drainMs: 0 });
    },
  };
}
