/**
 * The server of the phases benchmark, as a process of its own: TLS, a think time before every answer, two redirects and a
 * slow body of 2 MB, and a second port that delays every byte 20 ms each way, as a distance would.
 * The parent sends the certificate; it answers with the ports.
 */
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';

const THINK_MS = 30;
const ONE_WAY_MS = 20;
const BODY_BYTES = 2_000_000;
const CHUNKS = 20;
const CHUNK_PAUSE_MS = 5;

export interface PhaseServerPorts {
  direct: number;
  distant: number;
}

const LOCATIONS: Readonly<Record<string, string>> = { '/first': '/second', '/second': '/body' };
const CHUNK = Buffer.alloc(BODY_BYTES / CHUNKS, 'x');

function start(identity: { certPem: string; keyPem: string }): void {
  const server = createServer({ cert: identity.certPem, key: identity.keyPem }, (request, response) => {
    const location = LOCATIONS[request.url ?? ''];
    setTimeout(() => {
      // Closed after each redirect, so that every hop is a fresh connection for curl as it is for us.
      if (location !== undefined) response.writeHead(302, { location, connection: 'close' }).end();
      else drip(CHUNKS, (last) => (last ? response.end(CHUNK) : response.write(CHUNK)));
    }, THINK_MS);
  });
  server.listen(0, '127.0.0.1', () => {
    const direct = (server.address() as AddressInfo).port;
    const relay = createTcpServer((near) => {
      const far = connect(direct, '127.0.0.1');
      delay(near, far);
      delay(far, near);
    });
    relay.listen(0, '127.0.0.1', () => {
      const ports: PhaseServerPorts = { direct, distant: (relay.address() as AddressInfo).port };
      process.send?.(ports);
    });
  });
}

function drip(left: number, write: (last: boolean) => void): void {
  write(left === 1);
  if (left > 1) setTimeout(() => drip(left - 1, write), CHUNK_PAUSE_MS);
}

/** Timers of one length fire in the order they were set, so the bytes keep theirs. */
function delay(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), ONE_WAY_MS));
  from.on('end', () => setTimeout(() => to.end(), ONE_WAY_MS));
  from.on('error', () => to.destroy());
}

process.once('message', start);
process.on('disconnect', () => process.exit(0));
