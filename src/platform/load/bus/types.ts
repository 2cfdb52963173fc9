import type { FromWorker, ToWorker } from './messages.ts';

/**
 * How the controller reaches its workers. `worker_threads` is the only adapter now; one over NATS core fits behind the same port,
 * because messages are plain data, nothing is asked while requests are made, and a lost message never makes load twice.
 */
export interface LoadBus {
  /** Places this many workers, ready for their `prepare`. */
  place(workers: number): Promise<readonly WorkerLink[]>;
}

export interface WorkerLink {
  send(message: ToWorker): void;
  /** Handlers are set once, before the first message is sent. */
  listen(handlers: { onMessage: (message: FromWorker) => void; onLost: (reason: string) => void }): void;
  close(): Promise<void>;
}

/** A worker without its way of transport: `engine/` makes it, an adapter carries its messages. */
export interface LoadWorker {
  receive(message: ToWorker): void;
}
