import { createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createLocalAuthority, type LocalAuthority } from '../test-support/local-ca.ts';
import { runProbe } from '../test-support/probe.ts';
import { serveHttp, serveHttp2, serveHttps, serveTcp } from '../test-support/servers.ts';
import { expectConsistent, probedServers } from './http-probe-fixture.ts';

const { started, hello, closeAll } = probedServers();
afterEach(closeAll);

let authority: LocalAuthority;
beforeAll(async () => {
  authority = await createLocalAuthority();
});

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
