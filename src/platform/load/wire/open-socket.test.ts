import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createLocalAuthority,
  type IssuedCertificate,
  type LocalAuthority,
} from '../../test-support/local-ca.ts';
import { type LocalServer, serveHttps, serveTcp } from '../../test-support/servers.ts';
import { HTTP1 } from './http1/protocol.ts';
import { openWire } from './test-support/wire-client.ts';

let authority: LocalAuthority;
let identity: IssuedCertificate;
const servers: LocalServer[] = [];

async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  servers.push(await server);
  return server;
}

beforeAll(async () => {
  authority = await createLocalAuthority();
  identity = await authority.issue({ names: ['shop.test', '127.0.0.1'] });
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

describe('TLS', () => {
  test('trusts the given authority, names the server, and takes up its session again', async () => {
    const server = await started(
      serveHttps((request, response) => {
        const socket = request.socket as TLSSocket & { servername: string | false };
        response.end(
          JSON.stringify({
            name: socket.servername,
            alpn: socket.alpnProtocol,
            again: socket.isSessionReused(),
          }),
        );
      }, identity),
    );
    const tls = { ca: authority.certPem };
    const seen: unknown[] = [];
    for (const name of ['shop.test:8443', 'shop.test:8443', '127.0.0.1']) {
      const wire = await openWire(HTTP1, { port: server.port, authority: name, tls });
      const answer = await wire.ask({});
      seen.push(JSON.parse(('body' in answer ? answer.body : null) ?? 'null'));
      expect(wire.phases.tlsMs).not.toBeNull();
      wire.connection.destroy();
      await wire.closed;
    }
    expect(seen).toEqual([
      { name: 'shop.test', alpn: 'http/1.1', again: false },
      { name: 'shop.test', alpn: 'http/1.1', again: true },
      // Of another place; and an address is no name for SNI.
      { name: false, alpn: 'http/1.1', again: false },
    ]);
  });

  test('a large body in many records is whole, and shares the read buffer with others', async () => {
    const server = await started(
      serveHttps((request, response) => response.end((request.url ?? '').repeat(60_000)), identity),
    );
    const tls = { ca: authority.certPem };
    const answers = await Promise.all(
      ['/a', '/b', '/c'].map(async (path) => {
        const wire = await openWire(HTTP1, { port: server.port, tls });
        const answer = await wire.ask({ path });
        wire.connection.destroy();
        return answer;
      }),
    );
    expect(answers.map((answer) => ('body' in answer ? answer.body : null))).toEqual(
      ['/a', '/b', '/c'].map((path) => path.repeat(60_000)),
    );
  });

  test('a certificate of nobody we trust is a failure of TLS, unless it is not to be verified', async () => {
    const server = await started(serveHttps((_request, response) => response.end('ok'), identity));
    await expect(openWire(HTTP1, { port: server.port, tls: {} })).rejects.toThrow(/^tls: /);
    const elsewhere = { port: server.port, authority: 'other.test', tls: { ca: authority.certPem } };
    await expect(openWire(HTTP1, elsewhere)).rejects.toThrow(/^tls: ERR_TLS_CERT_ALTNAME_INVALID/);
    const named = { ...elsewhere, tls: { ca: authority.certPem, serverName: 'shop.test' } };
    const unverified = { port: server.port, authority: 'other.test', tls: { verify: false } };
    for (const target of [named, unverified]) {
      const wire = await openWire(HTTP1, target);
      expect(await wire.ask({})).toMatchObject({ status: 200, body: 'ok' });
      wire.connection.destroy();
    }
  });

  test('shows a certificate where one is asked for; without one, the server’s refusal is a failure of TLS', async () => {
    const client = await authority.issue({ names: ['client'] });
    const server = await started(
      serveHttps((_request, response) => response.end('ok'), { ...identity, clientCaPem: authority.certPem }),
    );
    const ca = authority.certPem;
    const tls = { ca, cert: client.certPem, key: client.keyPem };
    const wire = await openWire(HTTP1, { port: server.port, tls });
    expect(await wire.ask({})).toMatchObject({ body: 'ok' });
    wire.connection.destroy();
    // TLS 1.3: the refusal comes after our side of the handshake has ended.
    const refused = openWire(HTTP1, { port: server.port, tls: { ca } }).then(
      (opened) => opened.ask({}),
      (error: Error) => ({ kind: 'failure', failure: error.message.split(':')[0] }),
    );
    expect(await refused).toMatchObject({ kind: 'failure', failure: 'tls' });
  });

  test('a server without TLS, and one that hangs up, fail in TLS', async () => {
    const plain = await started(serveTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await expect(openWire(HTTP1, { port: plain.port, tls: {} })).rejects.toThrow(/^tls: /);
    const gone = await started(serveTcp((socket) => socket.destroy()));
    await expect(openWire(HTTP1, { port: gone.port, tls: {} })).rejects.toThrow(/^tls: /);
  });
});
