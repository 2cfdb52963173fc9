import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runProbe } from '../test-support/probe.ts';
import { closedPort, type LocalServer, serveHttp, serveTcp } from '../test-support/servers.ts';
import { expectConsistent, probedServers } from './http-probe-fixture.ts';

const { started, hello, closeAll } = probedServers();
afterEach(closeAll);

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
