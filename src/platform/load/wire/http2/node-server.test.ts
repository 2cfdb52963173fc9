import { describe, expect, it, onTestFinished } from 'vitest';
import { type Http2Listener, serveHttp2 } from '../../../test-support/servers.ts';
import { openWire } from '../test-support/wire-client.ts';
import { HTTP2 } from './protocol.ts';

async function serve(listener: Http2Listener): Promise<number> {
  const server = await serveHttp2(listener);
  onTestFinished(() => server.close());
  return server.port;
}

describe('HTTP/2 against node:http2', () => {
  it('sends what was asked for and takes fields and body', async () => {
    const port = await serve((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify([request.method, request.url, request.authority, request.headers['x-a']]));
    });
    const client = await openWire(HTTP2, { port, authority: 'shop.test' });
    onTestFinished(() => client.connection.destroy());
    const headers = [
      ['x-a', 'some value'],
      ['connection', 'close'],
    ] as const;
    const body = '["GET","/a?b=c","shop.test","some value"]';
    expect(await client.ask({ path: '/a?b=c', headers })).toMatchObject({
      kind: 'response',
      status: 200,
      bodyBytes: body.length,
      body,
      contentType: 'application/json',
      cookies: ['a=1', 'b=2'],
    });
  });
});
