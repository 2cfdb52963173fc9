import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { type LocalServer, serveHttp, serveTcp } from '../../../test-support/servers.ts';
import { openWire } from '../test-support/wire-client.ts';
import { HTTP1 } from './protocol.ts';

const servers: LocalServer[] = [];

async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  servers.push(await server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

describe('HTTP/1.1 against node:http', () => {
  test('one connection serves request after request; bodies, fields and lengths are as sent', async () => {
    const server = await started(
      serveHttp((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          response.setHeader('set-cookie', ['a=1', 'b=2']);
          response.setHeader('content-type', 'application/json');
          const { method, url, headers } = request;
          const { host, 'content-length': length } = headers;
          const text = JSON.stringify({ method, url, host, length, body });
          // Without a length node:http sends chunks.
          if (url === '/chunked') response.write(text.slice(0, 5));
          response.end(url === '/chunked' ? text.slice(5) : text);
        });
      }),
    );
    const wire = await openWire(HTTP1, { port: server.port, authority: 'shop.test:81' });
    const first = await wire.ask({ path: '/a b' });
    expect(first).toMatchObject({
      status: 200,
      contentType: 'application/json',
      cookies: ['a=1', 'b=2'],
      free: 1,
    });
    expect(first).toHaveProperty('body', '{"method":"GET","url":"/a%20b","host":"shop.test:81","body":""}');
    const second = await wire.ask({ method: 'POST', path: '/chunked', body: 'grün' });
    expect(second).toHaveProperty(
      'body',
      '{"method":"POST","url":"/chunked","host":"shop.test:81","length":"5","body":"grün"}',
    );
    expect(await wire.ask({ method: 'HEAD' })).toMatchObject({ status: 200, bodyBytes: 0, free: 1 });
    expect(wire.phases.tlsMs).toBeNull();
    expect(server.connectionCount()).toBe(1);
    wire.connection.destroy();
    await expect(wire.closed).resolves.toMatchObject({ failure: null });
  });

  test('without keep-alive it says so, and is gone after one response', async () => {
    const server = await started(serveHttp((request, response) => response.end(request.headers.connection)));
    const wire = await openWire(HTTP1, { port: server.port, keepAlive: false });
    expect(await wire.ask({})).toMatchObject({ body: 'close', free: 0 });
    await wire.closed;
  });

  test('a large body is counted whole and kept up to the limit', async () => {
    const server = await started(serveHttp((_request, response) => response.end('x'.repeat(1_000_000))));
    const wire = await openWire(HTTP1, { port: server.port, maxBodyBytes: 1_000 });
    const answer = await wire.ask({});
    expect(answer).toMatchObject({ bodyBytes: 1_000_000, body: 'x'.repeat(1_000) });
    wire.connection.destroy();
  });
});

describe('connections that end', () => {
  test('before any answer on a fresh one: reset; on one that has served: to be sent again', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', (data: Buffer) => {
          if (data.toString().includes('/gone')) socket.end();
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          socket.once('data', () => socket.end());
        });
      }),
    );
    const fresh = await openWire(HTTP1, server);
    expect(await fresh.ask({ path: '/gone' })).toMatchObject({ failure: 'reset' });
    const used = await openWire(HTTP1, server);
    expect(await used.ask({})).toMatchObject({ status: 200, body: 'ok' });
    expect(await used.ask({})).toEqual({ kind: 'retry' });
  });

  test('between requests: closed without a failure', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
      }),
    );
    const wire = await openWire(HTTP1, server);
    expect(await wire.ask({})).toMatchObject({ status: 204, bodyBytes: 0 });
    await expect(wire.closed).resolves.toMatchObject({ failure: null });
    expect(wire.connection.free).toBe(0);
  });

  test('in the middle of a body: reset; at the end of one without a length: a response', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', (data: Buffer) => {
          const length = data.toString().includes('/cut') ? 'Content-Length: 10\r\n' : '';
          socket.end(`HTTP/1.1 200 OK\r\n${length}\r\nhello`);
        });
      }),
    );
    const cut = await openWire(HTTP1, server);
    expect(await cut.ask({ path: '/cut' })).toMatchObject({ failure: 'reset' });
    const rest = await openWire(HTTP1, server);
    expect(await rest.ask({})).toMatchObject({ status: 200, body: 'hello', free: 0 });
  });

  test('what is no HTTP, and bytes nobody asked for', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', (data: Buffer) => {
          if (data.toString().includes('/ssh')) socket.write('SSH-2.0-OpenSSH_9.2p1\r\n');
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n');
        });
      }),
    );
    const ssh = await openWire(HTTP1, server);
    expect(await ssh.ask({ path: '/ssh' })).toMatchObject({ failure: 'protocol' });
    await ssh.closed;
    const chatty = await openWire(HTTP1, server);
    expect(await chatty.ask({})).toMatchObject({ status: 200, body: 'ok', free: 0 });
    await chatty.closed;
  });

  test('a closed port is refused, a silent one times out, a given-up request closes its connection', async () => {
    const gone = await serveTcp(() => undefined);
    await gone.close();
    await expect(openWire(HTTP1, gone)).rejects.toThrow('refused: ECONNREFUSED');

    const closes: Promise<unknown>[] = [];
    const server = await started(serveTcp((socket) => void closes.push(once(socket.resume(), 'close'))));
    const silent = { port: server.port, connectTimeoutMs: 50, tls: {} };
    await expect(openWire(HTTP1, silent)).rejects.toThrow('connect-timeout: not secured within 50 ms');

    const wire = await openWire(HTTP1, server);
    const exchange = { headOnly: false, wantsHead: false, wantsBody: false, onEvent: null };
    const request = { method: 'GET', path: '/', headers: [], body: null };
    wire.connection.send(HTTP1.encode(request, 'a.test', { tls: false, keepAlive: true }), exchange);
    wire.connection.cancel(exchange);
    await expect(wire.closed).resolves.toMatchObject({ failure: null });
    await Promise.all(closes);
  });
});
