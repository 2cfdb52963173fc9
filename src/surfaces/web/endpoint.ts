import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { removeAddress, writeAddress } from '../../runtime/daemon/address-file.ts';
import type { Daemon } from '../../runtime/daemon/daemon.ts';
import type { ServeAccess } from '../../runtime/daemon/load-generation.ts';
import { createApp } from './app.ts';
import type { Gate } from '../../runtime/http-gate.ts';

/** Slow or idle callers must not hold a place. */
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 200;

/** Where the daemon is reached; it follows the config while the daemon runs. */
export interface Endpoint {
  /** Listens as told, or goes on as before and throws E_LISTEN. */
  follow(access: ServeAccess): Promise<void>;
  /** Answers 503 until it is known. */
  serve(daemon: Daemon): void;
  url(): string;
  /** Says in a file beside the store where it is, for this user alone. Throws E_OUTPUT_WRITE. */
  announce(storePath: string): Promise<string>;
  close(): Promise<void>;
}

interface Listening {
  access: ServeAccess;
  server: Server;
  url: string;
}

export function createEndpoint(): Endpoint {
  const startToken = randomBytes(32).toString('base64url');
  let listening: Listening | undefined;
  let daemon: Daemon | undefined;
  let announcedAt: string | undefined;

  const gate = (): Gate => {
    if (listening === undefined) throw new Error('nothing listens yet');
    const { host, allowedHosts, tls, token } = listening.access;
    return { host, allowedHosts, scheme: tls === undefined ? 'http' : 'https', token: token ?? startToken };
  };
  const app = createApp(gate, () => daemon);

  async function open(access: ServeAccess): Promise<Listening> {
    const { host, port, tls } = access;
    const adaptor =
      tls === undefined
        ? { createServer }
        : { createServer: createTlsServer, serverOptions: { ...tls, minVersion: 'TLSv1.2' as const } };
    const server = createAdaptorServer({ fetch: app.fetch, hostname: host, ...adaptor }) as Server;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.headersTimeout = REQUEST_TIMEOUT_MS;
    server.maxConnections = MAX_CONNECTIONS;
    const boundPort = await listen(server, host, port);
    const name = host.includes(':') ? `[${host}]` : host;
    return { access, server, url: `${tls === undefined ? 'http' : 'https'}://${name}:${boundPort}` };
  }

  /** The new one first where it has another port; on the same port it has to be the old one that goes first. */
  async function replace(current: Listening, access: ServeAccess): Promise<Listening> {
    if (current.access.port !== access.port) {
      const next = await open(access);
      await shut(current.server);
      return next;
    }
    await shut(current.server);
    try {
      return await open(access);
    } catch (thrown) {
      listening = await open(current.access);
      throw thrown;
    }
  }

  return {
    async follow(access) {
      if (listening === undefined) listening = await open(access);
      else if (listensAlike(listening.access, access)) listening = { ...listening, access };
      else listening = await replace(listening, access);
      if (announcedAt !== undefined) await this.announce(announcedAt);
    },
    serve: (started) => {
      daemon = started;
    },
    url: () => listening?.url ?? '',
    announce(storePath) {
      announcedAt = storePath;
      return writeAddress(storePath, { url: this.url(), token: gate().token, pid: process.pid });
    },
    async close() {
      if (listening === undefined) return;
      if (announcedAt !== undefined) await removeAddress(announcedAt, { token: gate().token });
      await shut(listening.server);
    },
  };
}

function listensAlike(a: ServeAccess, b: ServeAccess): boolean {
  return a.host === b.host && a.port === b.port && a.tls?.cert === b.tls?.cert && a.tls?.key === b.tls?.key;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(
        new RearguardError(
          'E_LISTEN',
          {
            address: `${host}:${port}`,
            reason: isTaken ? 'the port is taken' : reasonOf(error),
            hint: isTaken
              ? 'Choose another with `--port` or `serve.port`; 0 takes a free one.'
              : 'Correct `serve.host` and `serve.port`.',
          },
          { cause: error },
        ),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Requests under way get their answer cut: they are small, and whoever asks will ask again. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
