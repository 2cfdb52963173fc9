import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalAuthority } from '../../../test-support/local-ca.ts';
import {
  type Http2Listener,
  serveHttp2,
  serveHttps,
  type ServerIdentity,
} from '../../../test-support/servers.ts';
import { openWire, type WireClient, type WireTarget } from '../test-support/wire-client.ts';
import { HTTP2 } from './protocol.ts';

async function connect(
  listener: Http2Listener,
  target: Partial<WireTarget> = {},
  identity?: ServerIdentity,
): Promise<WireClient> {
  const server = await serveHttp2(listener, identity);
  onTestFinished(() => server.close());
  const client = await openWire(HTTP2, { port: server.port, ...target });
  onTestFinished(() => client.connection.destroy());
  return client;
}

describe('HTTP/2 against node:http2', () => {
  it('sends what was asked for and takes fields and body', async () => {
    const client = await connect(
      ({ method, url, authority, headers }, response) => {
        response.setHeader('content-type', 'application/json');
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.end(JSON.stringify([method, url, authority, headers['x-a'], headers['connection'] ?? null]));
      },
      { authority: 'shop.test' },
    );
    const headers = [
      ['x-a', 'some value'],
      ['connection', 'close'],
    ] as const;
    expect(await client.ask({ path: '/a?b=c', headers })).toMatchObject({
      status: 200,
      body: '["GET","/a?b=c","shop.test","some value",null]',
      contentType: 'application/json',
      cookies: ['a=1', 'b=2'],
    });
  });

  it('is safe with texts that a server gave', async () => {
    const client = await connect(({ url, headers }, response) => {
      response.end(JSON.stringify([url, headers['x-a'], headers['x-b'] ?? null]));
    });
    const headers = [['x-a', 'one\r\nx-b: two']] as const;
    expect(await client.ask({ path: '/a b\r\n', headers })).toMatchObject({
      body: '["/a%20b%0D%0A","one  x-b: two",null]',
    });
  });

  it('sends bodies of every size', async () => {
    const client = await connect((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => response.end(`${bytes} ${request.headers['content-length']}`));
    });
    const sizes = [0, 1, 16_384, 16_385, 65_535, 65_536, 300_000];
    const answers = sizes.map((size) => client.ask({ method: 'POST', body: 'ä'.repeat(size) }));
    expect(await Promise.all(answers)).toMatchObject(
      sizes.map((size) => ({ body: `${size * 2} ${size * 2}` })),
    );
  });

  it('takes bodies of every size, whole up to its limit', async () => {
    const client = await connect(({ url }, response) => void response.end('z'.repeat(Number(url.slice(1)))), {
      maxBodyBytes: 100_000,
    });
    const sizes = [0, 1, 16_384, 16_385, 100_000, 100_001, 3_000_000];
    const answers = await Promise.all(sizes.map((size) => client.ask({ path: `/${size}` })));
    const got = answers.map((answer) =>
      answer.kind === 'response' ? [answer.bodyBytes, answer.body?.length] : answer,
    );
    expect(got).toEqual(sizes.map((size) => [size, Math.min(size, 100_000)]));
  });

  it('reads whatever the encoder of nghttp2 writes', async () => {
    let cookies: string[] = [];
    const client = await connect((_, response) => {
      response.setHeader('set-cookie', cookies);
      response.end();
    });
    const char = fc.oneof(fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }));
    const text = fc.string({
      unit: char.map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (values) => {
        cookies = values;
        expect(await client.ask({})).toMatchObject({ status: 200, cookies: values });
      }),
      { numRuns: 200 },
    );
  });

  it('takes the answer to HEAD, interim heads and trailers', async () => {
    const client = await connect(({ method }, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '5', trailer: 'x-sum' });
      response.addTrailers({ 'x-sum': '1' });
      response.end(method === 'HEAD' ? '' : 'hello');
    });
    expect(await client.ask({ method: 'HEAD' })).toMatchObject({ status: 200, bodyBytes: 0, body: '' });
    expect(await client.ask({})).toMatchObject({ status: 200, body: 'hello', contentType: 'text/plain' });
  });

  it('hands back what a server refuses when it shuts down', async () => {
    const client = await connect((request, response) => {
      response.end('last', () => request.stream.session?.close());
    });
    expect(await client.ask({})).toMatchObject({ status: 200, body: 'last' });
    await expect(client.closed).resolves.toMatchObject({ failure: null });
    expect(client.connection.free).toBe(0);
  });

  it('takes events one by one over TLS', async () => {
    const authority = await createLocalAuthority();
    const identity = await authority.issue({ names: ['localhost'] });
    const client = await connect(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write('data: tick\n\n'), 1);
        response.on('close', () => clearInterval(timer));
      },
      { authority: 'localhost', tls: { ca: authority.certPem } },
      identity,
    );
    let events = 0;
    const onEvent = (text: string): boolean => text === 'tick' && (events += 1) === 3;
    expect(await client.ask({}, { onEvent })).toMatchObject({ status: 200 });
    expect(events).toBe(3);
    expect(client.phases.tlsMs).not.toBeNull();
  });

  it('says that a server over TLS does not offer HTTP/2', async () => {
    const authority = await createLocalAuthority();
    const server = await serveHttps(
      (_, response) => response.end(),
      await authority.issue({ names: ['localhost'] }),
    );
    onTestFinished(() => server.close());
    const target = { port: server.port, authority: 'localhost' };
    await expect(openWire(HTTP2, { ...target, tls: { ca: authority.certPem } })).rejects.toThrow(
      /^(protocol: the server does not offer HTTP\/2|tls: )/,
    );
    await expect(openWire(HTTP2, { ...target, tls: {} })).rejects.toThrow(/^tls: /);
  });
});
