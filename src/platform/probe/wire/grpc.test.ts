import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLocalAuthority, type LocalAuthority } from '../../test-support/local-ca.ts';
import { serveHttp2 } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';
import { healthCheckRequest, servingStatus } from './grpc-messages.ts';

let authority: LocalAuthority;
beforeAll(async () => {
  authority = await createLocalAuthority();
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

type Handler = (stream: ServerHttp2Stream, asked: { path: string; body: Buffer; token: string }) => void;

/** A server that a gRPC client cannot tell from another: HTTP/2, trailers, length-prefixed messages. */
async function grpcServer(handle: Handler, identity?: { certPem: string; keyPem: string }): Promise<number> {
  const server: Http2Server = identity
    ? createSecureServer({ cert: identity.certPem, key: identity.keyPem })
    : createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      handle(stream, {
        path: String(headers[':path']),
        body: Buffer.concat(chunks),
        token: headers['authorization'] ?? '',
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    for (const session of sessions) session.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' } as const;

function answer(stream: ServerHttp2Stream, message: Buffer, status = '0'): void {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
  stream.end(message);
}
/** Trailers only: an error without a message. */
function refuse(stream: ServerHttp2Stream, status: string, message = ''): void {
  stream.respond({ ...HEADERS, 'grpc-status': status, 'grpc-message': message }, { endStream: true });
}
const health = (status: number): Buffer => Buffer.of(0, 0, 0, 0, 2, 8, status);

describe('gRPC health', () => {
  it('of the whole server', async () => {
    let seen: { path: string; body: string } | undefined;
    const port = await grpcServer((stream, { path, body }) => {
      seen = { path, body: body.toString('hex') };
      answer(stream, health(1));
    });
    expect(await runWire('grpc', port)).toMatchObject({ success: true, facts: { health: 'SERVING' } });
    expect(seen).toEqual({ path: '/grpc.health.v1.Health/Check', body: '0000000000' });
  });

  it('of one service, with the headers of the plan', async () => {
    const port = await grpcServer((stream, { body, token }) => {
      const service = body.subarray(7).toString('utf8');
      if (service === 'shop.Cart' && token === 'Bearer t-1') answer(stream, health(1));
      else refuse(stream, '5');
    });
    const headers = { Authorization: 'Bearer t-1' };
    expect((await runWire('grpc', port, { path: 'shop.Cart', headers })).success).toBe(true);
    const unknown = await runWire('grpc', port, { path: 'shop.Nothing', headers });
    expect(unknown).toMatchObject({ success: false, cause: 'protocol-error' });
    expect(unknown.message).toContain('shop.Nothing');
  });

  it.each([
    ['NOT_SERVING', 2],
    ['UNKNOWN', 0],
  ])('%s is not ready', async (name, status) => {
    const port = await grpcServer((stream) => answer(stream, health(status)));
    const outcome = await runWire('grpc', port);
    expect(outcome).toMatchObject({ success: false, cause: 'not-ready' });
    expect(outcome.message).toContain(name);
  });

  it('a server without the service speaks gRPC all the same', async () => {
    const port = await grpcServer((stream) => refuse(stream, '12'));
    expect(await runWire('grpc', port)).toMatchObject({
      success: true,
      facts: { health: 'not implemented' },
    });
  });

  it.each([
    ['7', 'auth-failed'],
    ['16', 'auth-failed'],
    ['14', 'not-ready'],
    ['8', 'not-ready'],
    ['13', 'protocol-error'],
  ])('status %s is %s, with its words', async (status, cause) => {
    const port = await grpcServer((stream) => refuse(stream, status, 'not%20today'));
    const outcome = await runWire('grpc', port);
    expect(outcome).toMatchObject({ success: false, cause });
    expect(outcome.message).toContain('not today');
  });

  it('over TLS, agreed on by ALPN', async () => {
    const port = await grpcServer((stream) => answer(stream, health(1)), await authority.issue());
    const outcome = await runWire('grpc', port, { encryption: 'implicit', tls: { ca: authority.certPem } });
    expect(outcome).toMatchObject({ success: true, facts: { health: 'SERVING' } });
    expect(outcome.hops[0]?.tls?.protocol).toBe('TLSv1.3');
  });

  it('a call without an answer is no-response, though HTTP/2 works', async () => {
    const port = await grpcServer(() => undefined);
    expect(await runWire('grpc', port, { timeoutMs: 500 })).toMatchObject({ cause: 'no-response' });
  });

  it('a proxy without a backend, and a page for people, are told apart from gRPC', async () => {
    const gateway = await serveHttp2((_, response) => response.writeHead(503).end('no upstream'));
    const page = await serveHttp2((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(),
    );
    open.push(
      () => gateway.close(),
      () => page.close(),
    );
    expect(await runWire('grpc', gateway.port)).toMatchObject({ cause: 'not-ready' });
    expect(await runWire('grpc', page.port)).toMatchObject({ cause: 'protocol-error' });
  });

  it('an answer of any size is cut, and a stream that ends in nothing is a reset', async () => {
    const large = await grpcServer((stream) => answer(stream, Buffer.alloc(1_000_000)));
    expect(await runWire('grpc', large)).toMatchObject({ cause: 'protocol-error' });
    const closing = await grpcServer((stream) => stream.close(8));
    expect(await runWire('grpc', closing)).toMatchObject({ cause: 'reset' });
  });

  it('a server that sends its clients away is not ready', async () => {
    const port = await grpcServer((stream) => {
      stream.session?.goaway(0, 0);
      stream.close(7);
    });
    expect(await runWire('grpc', port)).toMatchObject({ success: false, cause: 'not-ready' });
  });
});

describe('messages of the health check', () => {
  it('a long name has its length in two bytes', () => {
    const request = healthCheckRequest('s'.repeat(300));
    expect(request.subarray(0, 8).toString('hex')).toBe('000000012f0aac02');
    expect(request).toHaveLength(5 + 303);
  });

  it('unknown fields are passed over', () => {
    const fields = Buffer.from('120361626319000000000000000025000000003a00080118ff01', 'hex');
    expect(servingStatus(Buffer.concat([Buffer.of(0, 0, 0, 0, fields.length), fields]))).toBe('SERVING');
  });

  it.each(['', '0100000000', '0000000002', '000000000108', '0000000006ffffffffffff', '00000000010b'])(
    'what is none is a protocol error: %s',
    (hex) => {
      expect(() => servingStatus(Buffer.from(hex, 'hex'))).toThrow(
        expect.objectContaining({ probeCause: 'protocol-error' }),
      );
    },
  );
});
