import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/**
 * For servers behind one that keeps connections to them: whoever asks closes what is idle. A server that does it first cuts a request that is on
 * its way, which is an error in a healthy shop.
 */
export const KEEPS_CONNECTIONS = { keepAliveTimeout: 0 } as const;

type ShuttableServer = Server & { closeAllConnections(): void };

/** A listener on loopback that can be shut and opened again on the same port. */
export interface Door<Listener> {
  /** Resolves to the port; an open door stays as it is. */
  open(): Promise<number>;
  /** Refuses new connections and cuts the open ones. */
  close(): Promise<void>;
  /** Undefined while the door is shut. */
  listener(): Listener | undefined;
}

/** `port` 0 takes a free one, and keeps it. */
export function createDoor<Listener extends ShuttableServer>(
  makeListener: () => Listener,
  port = 0,
): Door<Listener> {
  let own = port;
  let current: Listener | undefined;
  return {
    async open() {
      if (current === undefined) {
        current = makeListener();
        current.listen(own, '127.0.0.1');
        await once(current, 'listening');
        own = (current.address() as AddressInfo).port;
      }
      return own;
    },
    async close() {
      if (current === undefined) return;
      const closing = current;
      current = undefined;
      const closed = once(closing, 'close');
      closing.close();
      closing.closeAllConnections();
      await closed;
    },
    listener: () => current,
  };
}
