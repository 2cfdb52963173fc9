import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { gateway } from './gateway.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function listen(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('hands requests on with their body, and answers back with theirs', async () => {
  const echo = await listen((request, response) => {
    response.writeHead(418, { 'x-path': request.url, 'x-method': request.method });
    request.pipe(response);
  });
  const url = `http://127.0.0.1:${await listen(gateway({ echo }))}`;
  const body = 'x'.repeat(200_000);
  const response = await fetch(`${url}/echo/v1/things?page=2`, { method: 'POST', body });
  expect(response.status).toBe(418);
  expect(response.headers.get('x-path')).toBe('/v1/things?page=2');
  expect(response.headers.get('x-method')).toBe('POST');
  expect(await response.text()).toBe(body);
});

it('answers for itself, and says when nobody is behind it', async () => {
  const nobody = await listen(() => undefined);
  servers.at(-1)?.close();
  const url = `http://127.0.0.1:${await listen(gateway({ nobody }))}`;
  const statuses = await Promise.all(
    ['/health', '/nobody/health', '/unknown/health', '/constructor/x', '/'].map(
      async (path) => (await fetch(url + path)).status,
    ),
  );
  expect(statuses).toEqual([200, 502, 404, 404, 404]);
});
