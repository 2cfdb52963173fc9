import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from '../certificates.ts';
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
  let { port, tlsPort } = ports;
  let certificate = firstCertificate;
  let plain: Server | undefined;
  let secure: TlsServer | undefined;
  return {
    async open() {
      plain ??= createServer(handler);
      secure ??= createTlsServer(certificate, handler);
      port = await listen(plain, port);
      tlsPort = await listen(secure, tlsPort);
      return { port, tlsPort };
    },
    async close() {
      const closing = [plain, secure].filter((server) => server !== undefined);
      plain = undefined;
      secure = undefined;
      await Promise.all(closing.map(shut));
    },
    present(next) {
      certificate = next;
      secure?.setSecureContext(next);
    },
  };
}

async function listen(server: Server | TlsServer, port: number): Promise<number> {
  if (!server.listening) {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server | TlsServer): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
