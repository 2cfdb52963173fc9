import { afterEach, expect, it } from 'vitest';
import { createHttpClient } from './http-client.ts';
import { createNetGuard } from './net-guard.ts';
import { closedPort, type LocalServer, serveHttp } from './test-support/servers.ts';

const { signal } = new AbortController();
const limits = { timeoutMs: 10_000, maxBytes: 1_000, signal };
const client = createHttpClient(createNetGuard({ allowHosts: [] }));
const servers: LocalServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(listener: Parameters<typeof serveHttp>[0]): Promise<LocalServer> {
  const server = await serveHttp(listener);
  servers.push(server);
  return server;
}

it('sends method, headers and body, and answers with what came back, whatever its status', async () => {
  const server = await serve((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      response.writeHead(422, { 'X-Seen': [request.method ?? '', request.headers['x-key'] as string] });
      response.end(`${body} (${request.headers['content-length']})`);
    });
  });
  const answer = await client.request(server.origin, {
    ...limits,
    method: 'POST',
    headers: { 'x-key': 'k' },
    body: 'zażółć',
  });
  expect(answer).toMatchObject({ status: 422, text: 'zażółć (10)', headers: { 'x-seen': 'POST, k' } });
});

it('keeps each cookie apart, and says which parts of a call took place', async () => {
  const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'];
  const server = await serve((_request, response) => {
    response.setHeader('set-cookie', cookies);
    response.end();
  });
  const { setCookies, phases } = await client.request(server.origin, limits);
  expect(setCookies).toEqual(cookies);
  const took = Object.entries(phases).filter(([, ms]) => ms !== null);
  expect(took.map(([name]) => name)).toEqual(['connect', 'request', 'ttfb', 'transfer']);
  expect(took.every(([, ms]) => Number(ms) >= 0)).toBe(true);
});

it('leaves redirects of a request to the caller, and follows those of getText', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(307, { location: '/new' });
    response.end('found');
  });
  const answer = await client.request(`${server.origin}/old`, { ...limits, method: 'POST', body: 'x' });
  expect(answer).toMatchObject({ status: 307, headers: { location: '/new' } });
  expect(await client.getText(`${server.origin}/old`, limits)).toBe('found');
});

it('refuses hosts that nobody listed', async () => {
  await expect(client.request('http://192.0.2.1/', limits)).rejects.toMatchObject({
    code: 'E_TARGET_REFUSED',
  });
});

it('says why there is no answer: nobody listens, too slow, too large', async () => {
  const slow = await serve((_, response) => response.writeHead(200).write('half of it'));
  const large = await serve((_, response) => response.end('x'.repeat(5_000)));
  const reasonAt = (url: string, timeoutMs = 10_000): Promise<string> =>
    client.request(url, { ...limits, timeoutMs }).then(
      () => 'answered',
      (error: Error) => error.message,
    );
  expect(await reasonAt(`http://127.0.0.1:${await closedPort()}/`)).toContain('ECONNREFUSED');
  expect(await reasonAt(slow.origin, 200)).toContain('no answer in time');
  expect(await reasonAt(large.origin)).toContain('its answer is larger than 1000 bytes');
});
