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

describe('server-sent events over HTTP/1.1', () => {
  test('each event is told as it comes; when enough have come the response ends and the connection closes', async () => {
    const server = await started(
      serveHttp((request, response) => {
        response.setHeader('content-type', 'text/event-stream; charset=utf-8');
        let sent = 0;
        const timer = setInterval(() => response.write(`data: ${(sent += 1)}\n\n`), 5);
        request.socket.once('close', () => clearInterval(timer));
      }),
    );
    const wire = await openWire(HTTP1, server);
    const events: string[] = [];
    const answer = await wire.ask({}, { onEvent: (data) => events.push(data) === 3, wantsBody: false });
    expect(answer).toMatchObject({ status: 200, free: 0 });
    expect(events).toEqual(['1', '2', '3']);
    await wire.closed;
  });

  test('a stream that the server ends is a response; the connection stays', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        response.setHeader('content-type', 'text/event-stream');
        response.end('data: a\n\ndata: b\n\n');
      }),
    );
    const wire = await openWire(HTTP1, server);
    const events: string[] = [];
    const onEvent = (data: string): boolean => events.push(data) === 9;
    expect(await wire.ask({}, { onEvent })).toMatchObject({ status: 200, free: 1 });
    expect(await wire.ask({}, { onEvent })).toMatchObject({ status: 200, free: 1 });
    expect(events).toEqual(['a', 'b', 'a', 'b']);
    wire.connection.destroy();
  });

  test('up to the end of the connection, as from HTTP/1.0', async () => {
    const server = await started(
      serveTcp((socket) => {
        socket.once('data', () => {
          socket.end('HTTP/1.0 200 OK\r\nContent-Type: TEXT/event-stream\r\n\r\ndata: a\r\n\r\n');
        });
      }),
    );
    const wire = await openWire(HTTP1, server);
    const events: string[] = [];
    const onEvent = (data: string): boolean => events.push(data) === 9;
    expect(await wire.ask({}, { onEvent })).toMatchObject({ status: 200, free: 0 });
    expect(events).toEqual(['a']);
  });

  test('what is no event stream is an ordinary response', async () => {
    const server = await started(
      serveHttp((_request, response) => {
        response.statusCode = 503;
        response.setHeader('content-type', 'text/plain');
        response.end('data: no\n\n');
      }),
    );
    const wire = await openWire(HTTP1, server);
    const answer = await wire.ask({}, { onEvent: () => true, wantsBody: false });
    expect(answer).toMatchObject({ status: 503, body: 'data: no\n\n', free: 1 });
    wire.connection.destroy();
  });
});
