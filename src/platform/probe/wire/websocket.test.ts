import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { installed } from '../../test-support/debian-program.ts';
import { startNginx } from '../../test-support/debian-servers.ts';
import { createLocalAuthority } from '../../test-support/local-ca.ts';
import { serveHttp, serveHttps, serveTcp } from '../../test-support/servers.ts';
import { runWire } from '../../test-support/wire.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

function accept(request: IncomingMessage): string {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return createHash('sha1').update(key).digest('base64');
}

interface Behaviour {
  /** Headers over the right ones. */
  headers?: (request: IncomingMessage) => Readonly<Record<string, string>>;
  /** Frames sent unasked, right behind the handshake. */
  greeting?: Buffer;
  /** Does not answer pings. */
  mute?: boolean;
}

/** Just enough of RFC 6455: the handshake, and pongs for pings. Keeps what clients sent, unmasked. */
async function websocketServer(
  behaviour: Behaviour = {},
): Promise<{ port: number; urls: string[]; frames: string[] }> {
  const urls: string[] = [];
  const frames: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(404).end());
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    urls.push(request.url ?? '');
    const headers = {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-accept': accept(request),
      ...behaviour.headers?.(request),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    if (behaviour.greeting) socket.write(behaviour.greeting);
    socket.on('data', (data: Buffer) => {
      for (const frame of unmasked(data)) {
        frames.push(frame.toString('hex'));
        if (frame[0] === 9 && behaviour.mute !== true) {
          socket.write(Buffer.concat([Buffer.of(0x8a, frame.length - 1), frame.subarray(1)]));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, urls, frames };
}

/** Opcode and payload of each frame. */
function unmasked(data: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 6 <= data.length;) {
    const length = (data[at + 1] ?? 0) & 0x7f;
    const mask = data.subarray(at + 2, at + 6);
    const payload = data
      .subarray(at + 6, at + 6 + length)
      .map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    frames.push(Buffer.concat([Buffer.of((data[at] ?? 0) & 0x0f), payload]));
    at += 6 + length;
  }
  return frames;
}

const closeWith = (code: number, reason: string): Buffer =>
  Buffer.concat([Buffer.of(0x88, 2 + reason.length, code >> 8, code & 255), Buffer.from(reason)]);

describe('WebSocket', () => {
  it('upgrades, pings and closes in order', async () => {
    const { port, urls, frames } = await websocketServer();
    const outcome = await runWire('websocket', port, { path: '/live?room=1' });
    expect(outcome).toMatchObject({ success: true, facts: { firstFrame: 'pong', subprotocol: null } });
    expect(urls).toEqual(['/live?room=1']);
    await expect.poll(() => frames).toHaveLength(2);
    expect(frames[0]).toMatch(/^09[0-9a-f]{16}$/);
    expect(frames[1]).toBe('0803e8');
  });

  it('any frame shows that it works', async () => {
    const { port } = await websocketServer({ greeting: Buffer.from('\x81\x02hi', 'latin1'), mute: true });
    expect(await runWire('websocket', port)).toMatchObject({
      success: true,
      facts: { firstFrame: 'data' },
    });
  });

  it('sends the headers of the plan, and takes the subprotocol it offered', async () => {
    const { port } = await websocketServer({
      headers: (request) => ({
        'sec-websocket-protocol': request.headers['x-room'] === '1' ? 'chat.v2' : 'other',
        server: 'shop',
      }),
    });
    const headers = { 'Sec-WebSocket-Protocol': 'chat.v1, chat.v2', 'X-Room': '1' };
    expect(await runWire('websocket', port, { headers })).toMatchObject({
      success: true,
      facts: { subprotocol: 'chat.v2', server: 'shop' },
    });
    expect(await runWire('websocket', port)).toMatchObject({ cause: 'protocol-error' });
  });

  it('over TLS', async () => {
    const authority = await createLocalAuthority();
    const server = await serveHttps((_, response) => response.writeHead(503).end(), await authority.issue());
    open.push(() => server.close());
    const secure = { encryption: 'implicit', tls: { ca: authority.certPem } } as const;
    expect(await runWire('websocket', server.port, secure)).toMatchObject({ cause: 'not-ready' });
  });

  it.each([
    [401, 'auth-failed'],
    [403, 'auth-failed'],
    [404, 'status-4xx'],
    [429, 'not-ready'],
    [500, 'status-5xx'],
    [503, 'not-ready'],
    [200, 'status-unexpected'],
    [302, 'status-unexpected'],
  ] as const)('an answer of %i is %s', async (status, cause) => {
    const server = await serveHttp((_, response) => response.writeHead(status).end());
    open.push(() => server.close());
    const outcome = await runWire('websocket', server.port);
    expect(outcome).toMatchObject({ success: false, cause });
    expect(outcome.message).toContain(String(status));
  });

  it.each([
    ['the wrong proof', { 'sec-websocket-accept': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['another protocol', { upgrade: 'h2c' }],
    ['no upgrade of the connection', { connection: 'close' }],
    ['an extension nobody offered', { 'sec-websocket-extensions': 'permessage-deflate' }],
  ])('%s is a protocol error', async (_, headers) => {
    const { port } = await websocketServer({ headers: () => headers });
    expect(await runWire('websocket', port)).toMatchObject({ success: false, cause: 'protocol-error' });
  });

  it.each([
    [1_001, 'not-ready'],
    [1_013, 'not-ready'],
    [1_008, 'auth-failed'],
    [1_002, 'protocol-error'],
  ] as const)('closing with %i is %s, with its words', async (code, cause) => {
    const { port } = await websocketServer({ greeting: closeWith(code, 'later'), mute: true });
    const outcome = await runWire('websocket', port);
    expect(outcome).toMatchObject({ success: false, cause });
    expect(outcome.message).toContain(`${code} later`);
  });

  it.each([
    ['masked', '8a80'],
    ['of an unknown kind', '8300'],
    ['with bits of an extension', 'c100'],
    ['a control frame too long', '8a7e'],
  ])('a frame %s is a protocol error', async (_, hex) => {
    const { port } = await websocketServer({ greeting: Buffer.from(hex, 'hex'), mute: true });
    expect(await runWire('websocket', port)).toMatchObject({ success: false, cause: 'protocol-error' });
  });

  it('a path or a header that would be two lines is not sent', async () => {
    let bytes = 0;
    const server = await serveTcp((socket) => socket.on('data', (chunk: Buffer) => (bytes += chunk.length)));
    open.push(() => server.close());
    const smuggled = { headers: { 'x-room': 'a\r\nx-admin: 1' } };
    expect(await runWire('websocket', server.port, smuggled)).toMatchObject({ cause: 'protocol-error' });
    expect(await runWire('websocket', server.port, { path: '/ HTTP/1.1' })).toMatchObject({
      cause: 'protocol-error',
    });
    expect(bytes).toBe(0);
  });

  it('a secret header that comes back is not shown', async () => {
    const { port } = await websocketServer({
      headers: (request) => ({ server: String(request.headers['authorization']) }),
    });
    const headers = { authorization: 'Bearer 5f2c9a7711d04be8' };
    const { facts } = await runWire('websocket', port, { headers });
    expect(JSON.stringify(facts)).not.toContain('5f2c9a7711d04be8');
  });
});

const hasNginx = installed('nginx');
describe.skipIf(!hasNginx)(`behind nginx${hasNginx ? '' : ' (not installed)'}`, () => {
  it('passes through a proxy that knows WebSocket, and not through one whose backend is gone', async () => {
    const backend = await websocketServer();
    const nginx = await startNginx({
      http: ({ port }) => `
        server {
          listen 127.0.0.1:${port};
          location /live {
            proxy_pass http://127.0.0.1:${backend.port};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
          }
          location /gone { proxy_pass http://127.0.0.1:1; }
        }`,
    });
    open.push(() => nginx.stop());
    expect(await runWire('websocket', nginx.port, { path: '/live' })).toMatchObject({ success: true });
    expect(await runWire('websocket', nginx.port, { path: '/gone' })).toMatchObject({
      cause: 'status-5xx',
    });
    await nginx.freeze();
    expect(await runWire('websocket', nginx.port, { path: '/live', timeoutMs: 500 })).toMatchObject({
      cause: 'no-response',
    });
  });
});
