import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerCertificate } from '../certificates.ts';
import { createDoor } from '../door.ts';
import type { ShopAddress } from './settings.ts';

/** The shop's two doors, which can be shut and opened again on the same ports. */
export interface Listeners {
  open(): Promise<ShopAddress>;
  /** Refuses new connections and cuts the open ones. */
  close(): Promise<void>;
  present(certificate: ServerCertificate): void;
}

export function createListeners(
  handler: RequestListener,
  ports: ShopAddress,
  firstCertificate: ServerCertificate,
): Listeners {
  let certificate = firstCertificate;
  const plain = createDoor(() => createServer(handler), ports.port);
  const secure = createDoor(() => createTlsServer(certificate, handler), ports.tlsPort);
  return {
    open: async () => ({ port: await plain.open(), tlsPort: await secure.open() }),
    close: async () => void (await Promise.all([plain.close(), secure.close()])),
    present(next) {
      certificate = next;
      secure.listener()?.setSecureContext(next);
    },
  };
}
