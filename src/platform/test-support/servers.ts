import { createServer as createHttpServer, type RequestListener } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { DEFAULT_CIPHERS } from 'node:tls';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { IssuedCertificate } from './local-ca.ts';

/** A server on loopback, on a port of its own. */
export interface LocalServer {
  port: number;
  /** `http://127.0.0.1:PORT` or its like. */
  origin: string;
  /** How many connections it has accepted so far. */
  connectionCount(): number;
  close(): Promise<void>;
}

/** Chain PEMs go behind the certificate, in the order they are served. */
export interface ServerIdentity extends IssuedCertificate {
  chainPem?: string;
  /** With it, clients must show a certificate of this authority. */
  clientCaPem?: string;
}

export function serveHttp(listener: RequestListener): Promise<LocalServer> {
  return listen(createHttpServer(listener), 'http');
}

/** `place` is another loopback address or a port that must be the same as another server's. */
export function serveHttps(
  listener: RequestListener,
  identity: ServerIdentity,
  place?: Place,
): Promise<LocalServer> {
  return listen(createHttpsServer(tlsSettings(identity), listener), 'https', place);
}

export type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** In clear text without an identity (prior knowledge). */
export function serveHttp2(listener: Http2Listener, identity?: ServerIdentity): Promise<LocalServer> {
  return identity === undefined
    ? listen(createHttp2Server(listener), 'http')
    : listen(createSecureServer(tlsSettings(identity), listener), 'https');
}

/** Whatever a socket can do wrong. */
export function serveTcp(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
    'http',
  );
}

/** A port where nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await serveTcp(() => undefined);
  await server.close();
  return server.port;
}

function tlsSettings(identity: ServerIdentity): Record<string, unknown> {
  return {
    cert: `${identity.certPem}\n${identity.chainPem ?? ''}`,
    key: identity.keyPem,
    // Newer versions of Node refuse to serve a weak key, which a test of weak keys has to do.
    ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=1`,
    ...(identity.clientCaPem === undefined
      ? {}
      : { ca: identity.clientCaPem, requestCert: true, rejectUnauthorized: true }),
  };
}

interface Place {
  host: string;
  port: number;
}

const ANYWHERE: Place = { host: '127.0.0.1', port: 0 };

function listen(server: Server, scheme: 'http' | 'https', place = ANYWHERE): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        port,
        origin: `${scheme}://${place.host}:${port}`,
        connectionCount: () => connections,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
