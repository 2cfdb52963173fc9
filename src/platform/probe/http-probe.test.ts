import { createServer, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createLocalAuthority, type LocalAuthority } from '../test-support/local-ca.ts';
import { runProbe, sumOf } from '../test-support/probe.ts';
import {
  closedPort,
  type LocalServer,
  serveHttp,
  serveHttp2,
  serveHttps,
  serveTcp,
} from '../test-support/servers.ts';
import type { ProbeHop } from './types.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function started<T extends { close(): Promise<void> }>(server: Promise<T>): Promise<T> {
  const one = await server;
  open.push(one);
  return one;
}

let authority: LocalAuthority;
beforeAll(async () => {
  authority = await createLocalAuthority();
});

const hello = () => started(serveHttp((_, response) => response.end('hello')));
/** Answers with these bytes, whatever is asked. */
const raw = (bytes: string, then: (socket: Socket) => void = () => undefined): Promise<LocalServer> =>
  started(
    serveTcp((socket) => {
      socket.once('data', () => {
        socket.write(bytes);
        then(socket);
      });
    }),
  );

function expectConsistent(hop: ProbeHop): void {
  expect(sumOf(hop.phases)).toBeCloseTo(hop.totalMs, 6);
  for (const value of Object.values(hop.phases)) expect(value ?? 0).toBeGreaterThanOrEqual(0);
}

describe('phases', () => {
  it('sum to the total, and those that did not happen are null', async () => {
    const server = await hello();
    const { cold, warm, retryOf } = await runProbe(server.origin);
    expect(cold).toMatchObject({ success: true, cause: null, message: null, status: 200 });
    expect(cold.phases).toMatchObject({ queue: null, dns: null, tls: null });
    for (const phase of ['connect', 'request', 'ttfb', 'transfer'] as const) {
      expect(cold.phases[phase]).not.toBeNull();
    }
    expect(cold.hops[0]).toMatchObject({ address: '127.0.0.1', httpVersion: '1.1', bytes: 5 });
    cold.hops.forEach(expectConsistent);
    expect(warm).toBeNull();
    expect(retryOf).toBeNull();
  });

  it('a name has a lookup phase, a slot has a queue phase that begins there', async () => {
    const server = await hello();
    const intendedAtMonotonicMs = systemClock.monotonicMs() - 250;
    const { cold } = await runProbe(`http://localhost:${server.port}/`, {}, { intendedAtMonotonicMs });
    expect(cold.phases.dns).not.toBeNull();
    expect(cold.phases.queue).toBeGreaterThanOrEqual(250);
    cold.hops.forEach(expectConsistent);
  });

  it('think time is time to the first byte, a dripping body is transfer', async () => {
    const server = await started(
      serveHttp((_, response) => {
        setTimeout(() => {
          response.write('a');
          setTimeout(() => response.end('b'), 60);
        }, 120);
      }),
    );
    const { cold } = await runProbe(server.origin);
    expect(cold.phases.ttfb).toBeGreaterThan(110);
    expect(cold.phases.transfer).toBeGreaterThan(50);
    expect(cold.phases.request).toBeLessThan(cold.phases.ttfb ?? 0);
  });

  it('warm is a second request on the same socket, with neither lookup, connection nor TLS', async () => {
    const server = await started(serveHttps((_, response) => response.end('hello'), await authority.issue()));
    const { cold, warm } = await runProbe(`https://localhost:${server.port}/`, {
      warm: true,
      tls: { ca: authority.certPem },
    });
    expect(server.connectionCount()).toBe(1);
    expect(cold.phases.tls).not.toBeNull();
    expect(warm).toMatchObject({ success: true, status: 200 });
    expect(warm?.phases).toMatchObject({ queue: null, dns: null, connect: null, tls: null });
    expect(warm?.phases.ttfb).not.toBeNull();
    warm?.hops.forEach(expectConsistent);
  });

  it('every cold probe is a fresh connection with a full handshake', async () => {
    let resumed = 0;
    const server = await started(
      serveHttps(
        (request, response) => {
          if ((request.socket as unknown as { isSessionReused(): boolean }).isSessionReused()) resumed += 1;
          response.end();
        },
        await authority.issue(),
      ),
    );
    for (let round = 0; round < 3; round += 1) {
      await runProbe(server.origin, { tls: { ca: authority.certPem } });
    }
    expect(server.connectionCount()).toBe(3);
    expect(resumed).toBe(0);
  });

  it('there is no warm measurement where the server closes the connection', async () => {
    const server = await started(
      serveHttp((_, response) => response.setHeader('connection', 'close').end('bye')),
    );
    const { cold, warm } = await runProbe(server.origin, { warm: true });
    expect(cold.success).toBe(true);
    expect(warm).toBeNull();
  });

  it('nor where it drops the connection when it is used again', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
          socket.once('data', () => socket.destroy());
        });
      }),
    );
    const { cold, warm } = await runProbe(server.origin, { warm: true });
    expect(cold.success).toBe(true);
    expect(warm).toBeNull();
  });
});

describe('HTTP/2', () => {
  it('by ALPN over TLS, cold and warm on one connection', async () => {
    const server = await started(
      serveHttp2(
        (request, response) => {
          response.setHeader('x-version', request.httpVersion);
          response.end('hello');
        },
        await authority.issue(),
      ),
    );
    const { cold, warm } = await runProbe(server.origin, {
      httpVersion: '2',
      warm: true,
      tls: { ca: authority.certPem },
      assertions: [
        { kind: 'header', name: 'x-version', op: 'equals', value: '2.0' },
        { kind: 'body', op: 'equals', value: 'hello' },
      ],
    });
    expect(cold).toMatchObject({ success: true, status: 200 });
    expect(cold.hops[0]).toMatchObject({ httpVersion: '2', bytes: 5 });
    cold.hops.forEach(expectConsistent);
    expect(warm).toMatchObject({ success: true, status: 200 });
    expect(warm?.phases).toMatchObject({ connect: null, tls: null });
    expect(server.connectionCount()).toBe(1);
  });

  it('with prior knowledge in clear text, and with a body', async () => {
    const server = await started(
      serveHttp2((request, response) => {
        let received = '';
        request.on('data', (chunk: Buffer) => {
          received += chunk.toString();
        });
        request.on('end', () => response.end(`${request.method} ${received}`));
      }),
    );
    const { cold } = await runProbe(server.origin, {
      httpVersion: '2',
      method: 'POST',
      body: 'payload',
      headers: { Connection: 'keep-alive' },
      assertions: [{ kind: 'body', op: 'equals', value: 'POST payload' }],
    });
    expect(cold).toMatchObject({ success: true, cause: null });
  });

  it('a server that speaks only HTTP/1.1 is a protocol error, in clear text and over TLS', async () => {
    const plain = await hello();
    const clear = await runProbe(plain.origin, { httpVersion: '2' });
    expect(clear.cold.cause).toBe('protocol-error');
    const secure = await started(serveHttps((_, response) => response.end(), await authority.issue()));
    const result = await runProbe(secure.origin, { httpVersion: '2', tls: { ca: authority.certPem } });
    expect(result.cold).toMatchObject({ cause: 'protocol-error' });
    expect(result.cold.message).toContain('HTTP/2');
  });

  it('a stream that the server resets is a reset, one without an answer times out', async () => {
    const resetting = await started(serveHttp2((_, response) => response.stream.close(2)));
    expect((await runProbe(resetting.origin, { httpVersion: '2' })).cold.cause).toBe('reset');
    const silent = await started(serveHttp2(() => undefined));
    const result = await runProbe(silent.origin, { httpVersion: '2', timeoutMs: 300 });
    expect(result.cold.cause).toBe('no-response');
  });
});

describe('what the wire did', () => {
  it('refused', async () => {
    const { cold } = await runProbe(`http://127.0.0.1:${await closedPort()}/`);
    expect(cold).toMatchObject({ success: false, cause: 'refused', status: null });
    expect(cold.phases.connect).not.toBeNull();
  });

  it('reset before any byte: retried once on a fresh socket, the first failure stays visible', async () => {
    const server = await started(serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const { cold, retryOf } = await runProbe(server.origin);
    expect(cold.cause).toBe('reset');
    expect(retryOf?.cause).toBe('reset');
    expect(server.connectionCount()).toBe(2);
  });

  it('a retry that succeeds counts, and says what it is the retry of', async () => {
    let connections = 0;
    const server = await started(
      serveTcp((socket) => {
        connections += 1;
        const isFirst = connections === 1;
        socket.once('data', () => {
          if (isFirst) socket.destroy();
          else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        });
      }),
    );
    const { cold, retryOf } = await runProbe(server.origin);
    expect(cold).toMatchObject({ success: true, status: 200 });
    expect(retryOf).toMatchObject({ cause: 'reset' });
  });

  it('a POST that may have arrived is not sent twice', async () => {
    const server = await started(serveTcp((socket) => socket.once('data', () => socket.destroy())));
    const { cold, retryOf } = await runProbe(server.origin, { method: 'POST', body: 'x' });
    expect(cold.cause).toBe('reset');
    expect(retryOf).toBeNull();
    expect(server.connectionCount()).toBe(1);
  });

  it('closed in the middle of the answer', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', (socket) => socket.end());
    const { cold, retryOf } = await runProbe(server.origin);
    expect(cold).toMatchObject({ cause: 'reset', status: 200 });
    expect(cold.message).toContain('3 of 10');
    expect(retryOf).toBeNull();
  });

  it('closed in the middle of the headers', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\ncontent-', (socket) => socket.end());
    expect((await runProbe(server.origin)).cold.cause).toBe('reset');
  });

  it.each([
    ['not HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a broken chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a flood of headers', `HTTP/1.1 200 OK\r\n${'x-flood: 0123456789abcdef\r\n'.repeat(4_000)}\r\n`],
  ])('%s is a protocol error', async (_, bytes) => {
    const server = await raw(bytes);
    const { cold } = await runProbe(server.origin);
    expect(cold.cause).toBe('protocol-error');
    cold.hops.forEach(expectConsistent);
  });

  it('a body longer than its declared length breaks the framing', async () => {
    const server = await raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and more');
    expect((await runProbe(server.origin, { warm: true })).cold.cause).toBe('protocol-error');
  });

  it('a body of 400 MB is drained and counted, not held', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const server = await started(
      serveHttp((_, response) => {
        let left = 400;
        const send = (): void => {
          while (left > 0) {
            left -= 1;
            if (!response.write(piece)) return void response.once('drain', send);
          }
          response.end();
        };
        send();
      }),
    );
    const before = process.memoryUsage();
    let largest = 0;
    const watch = setInterval(() => {
      const now = process.memoryUsage();
      largest = Math.max(largest, now.heapUsed + now.external - before.heapUsed - before.external);
    }, 5);
    const { cold } = await runProbe(server.origin, {
      maxBodyBytes: 1_000,
      assertions: [{ kind: 'body', op: 'contains', value: 'xxx' }],
    });
    clearInterval(watch);
    expect(cold).toMatchObject({ success: true });
    expect(cold.hops[0]?.bytes).toBe(400_000_000);
    // How much is garbage not yet collected differs between versions of Node.
    expect(largest).toBeLessThan(200_000_000);
  });

  it('a URL that is none, and one that is not HTTP', async () => {
    expect((await runProbe('nonsense')).cold.cause).toBe('protocol-error');
    expect((await runProbe('ftp://127.0.0.1/')).cold.cause).toBe('protocol-error');
  });

  it('the first of two addresses that refuses costs only its refusal', async () => {
    const server = await hello();
    const { cold } = await runProbe(
      `http://shop.test:${server.port}/`,
      {},
      {
        resolver: () =>
          Promise.resolve({
            addresses: [
              { address: '::1', family: 6 },
              { address: '127.0.0.1', family: 4 },
            ],
            source: 'hosts',
            ttlSeconds: null,
          }),
      },
    );
    expect(cold).toMatchObject({ success: true });
    expect(cold.hops[0]?.address).toBe('127.0.0.1');
  });
});

describe('targets that are not ours', () => {
  it('are refused on the address they resolve to', async () => {
    const { cold } = await runProbe('http://10.255.255.1/');
    expect(cold).toMatchObject({ cause: 'target-refused', status: null });
  });

  it('are refused as a redirect, too', async () => {
    const server = await started(
      serveHttp((_, response) => response.writeHead(302, { location: 'http://10.255.255.1/' }).end()),
    );
    const { cold } = await runProbe(server.origin);
    expect(cold.cause).toBe('target-refused');
    expect(cold.hops.map((hop) => hop.status)).toEqual([302, null]);
  });
});

describe('own delay', () => {
  it.each([
    [4, false],
    [1_000, true],
  ])('an event loop late by %d ms', async (lagMs, suspect) => {
    const server = await hello();
    const result = await runProbe(server.origin, {}, { loopLagMs: () => lagMs });
    expect(result).toMatchObject({ loopLagMs: lagMs, suspect });
  });
});

describe('secrets', () => {
  it('never show in a result', async () => {
    const server = await started(
      serveHttp((request, response) =>
        response.writeHead(500).end(`you sent ${request.headers.authorization}`),
      ),
    );
    const url = `http://user:hunter2secret@127.0.0.1:${server.port}/?token=abcdef123456&page=2`;
    const result = await runProbe(url, {
      headers: { 'X-Api-Key': 'key-9f8e7d6c5b' },
      auth: { kind: 'bearer', token: 'bearer-secret-1' },
      assertions: [{ kind: 'body', op: 'contains', value: 'fine' }],
    });
    const text = JSON.stringify(result);
    for (const secret of ['hunter2secret', 'abcdef123456', 'key-9f8e7d6c5b', 'bearer-secret-1']) {
      expect(text).not.toContain(secret);
    }
    expect(result.cold.cause).toBe('status-5xx');
    expect(result.cold.hops[0]?.url).toContain('page=2');
  });
});

it('nothing keeps listening after a probe', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.on('connection', (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  const { port } = server.address() as { port: number };
  await runProbe(`http://127.0.0.1:${port}/`, { warm: false });
  // Ends only when the probe let go of its socket.
  const closed = await new Promise<Error | undefined>((resolve) => server.close(resolve));
  expect(closed).toBeUndefined();
});
