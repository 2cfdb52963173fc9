import type { FromWorker, ToWorker } from '../bus/messages.ts';
import type { WorkerLink } from '../bus/types.ts';

/** The far end of a link, in a test's hands: for orders of messages, and silences, that no real worker can be made to show. */
export interface ScriptedLink extends WorkerLink {
  readonly received: readonly ToWorker[];
  readonly closed: boolean;
  say(message: FromWorker): void;
  vanish(reason: string): void;
}

export function scriptedLinks(count: number): ScriptedLink[] {
  return Array.from({ length: count }, (_, worker) => scriptedLink(worker));
}

/** Is ready as soon as it is prepared; says nothing else by itself. */
function scriptedLink(worker: number): ScriptedLink {
  const received: ToWorker[] = [];
  let closed = false;
  let handlers: Parameters<WorkerLink['listen']>[0] | undefined;
  return {
    received,
    get closed() {
      return closed;
    },
    send(message) {
      received.push(message);
      if (message.kind === 'prepare') handlers?.onMessage({ kind: 'ready', worker });
    },
    listen: (given) => void (handlers = given),
    say: (message) => handlers?.onMessage(message),
    vanish: (reason) => handlers?.onLost(reason),
    close: async () => void (closed = true),
  };
}
