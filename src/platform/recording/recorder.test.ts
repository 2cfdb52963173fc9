import { get } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { type LocalServer, serveHttp } from '../test-support/servers.ts';
import { createTrafficRecorder } from './recorder.ts';
import type { RecordedTraffic, Recording } from './types.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const recorder = createTrafficRecorder(createNetGuard({ allowHosts: [] }), systemClock);

async function record(
  listener: Parameters<typeof serveHttp>[0],
): Promise<{ recording: Recording; server: LocalServer; seen: RecordedTraffic[] }> {
  const server = await serveHttp(listener);
  open.push(server);
  const seen: RecordedTraffic[] = [];
  const recording = await recorder.start({
    baseUrl: `${server.origin}/base`,
    port: 0,
    maxBodyBytes: 1_000,
    onExchange: (exchange) => seen.push(exchange),
  });
  open.push(recording);
  return { recording, server, seen };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000 && !condition(); tries += 1) await systemClock.sleep(5);
  expect(condition()).toBe(true);
}

describe('recorder', () => {
  it('passes requests and answers through, and tells what was said', async () => {
    const { recording, server, seen } = await record((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const said = {
          url: request.url,
          host: request.headers.host,
          body: Buffer.concat(chunks).toString(),
          cookie: request.headers.cookie,
        };
        response.writeHead(
          201,
          [
            ['content-type', 'application/json'],
            ['content-encoding', 'gzip'],
            ['set-cookie', 'sid=1; Domain=shop.test; Secure; Path=/'],
            ['set-cookie', 'theme=dark'],
          ].flat(),
        );
        response.end(gzipSync(JSON.stringify(said)));
      });
    });
    const answer = await fetch(`${recording.url}/orders?a=1`, {
      method: 'POST',
      body: '{"id":7}',
      headers: { 'content-type': 'application/json', cookie: 'a=b; rearguard-recording=4' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(['sid=1; Path=/', 'theme=dark']);
    const expected = {
      url: '/base/orders?a=1',
      host: `127.0.0.1:${server.port}`,
      body: '{"id":7}',
      cookie: 'a=b',
    };
    expect(await answer.json()).toEqual(expected);
    await until(() => seen.length === 1);
    expect(seen[0]).toMatchObject({
      client: '4',
      method: 'POST',
      path: '/orders?a=1',
      body: '{"id":7}',
      status: 201,
    });
    expect(JSON.parse(seen[0]?.answerBody ?? '')).toEqual(expected);
    expect(seen[0]?.answerHeaders).toContainEqual(['set-cookie', 'theme=dark']);
  });

  it('leads redirects to itself, and keeps pages of several people apart', async () => {
    const { recording, server, seen } = await record((_, response) => {
      response.writeHead(302, { location: `${server.origin}/base/next` }).end();
    });
    const first = await fetch(recording.url, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(first.headers.get('location')).toBe(`${recording.url}/base/next`);
    expect(first.headers.getSetCookie()).toEqual(['rearguard-recording=1; Path=/; HttpOnly; SameSite=Lax']);
    await fetch(recording.url, { redirect: 'manual', headers: { accept: 'text/html' } });
    await until(() => seen.length === 2);
    expect(seen.map(({ client }) => client)).toEqual(['1', '2']);
  });

  it('keeps no more of a body than it is told, and says when no answer came', async () => {
    const { recording, seen } = await record((request, response) => {
      if (request.url === '/base/large') response.end('x'.repeat(5_000));
      else request.socket.destroy();
    });
    expect(await (await fetch(`${recording.url}/large`)).text()).toHaveLength(5_000);
    expect((await fetch(`${recording.url}/gone`)).status).toBe(502);
    await until(() => seen.length === 2);
    expect(seen).toMatchObject([{ status: 200, answerBody: null }, { status: 0 }]);
  });

  it('serves only its own address, refuses what the guard refuses, and names a taken port', async () => {
    const { recording, server, seen } = await record((_, response) => response.end());
    const status = await new Promise((resolve) => {
      get(recording.url, { headers: { host: 'evil.test' } }, (response) =>
        resolve(response.resume().statusCode),
      );
    });
    expect(status).toBe(421);
    expect(seen).toEqual([]);
    const more = { maxBodyBytes: 1, onExchange: () => undefined };
    await expect(recorder.start({ baseUrl: 'http://192.0.2.1', port: 0, ...more })).rejects.toMatchObject({
      code: 'E_TARGET_REFUSED',
    });
    await expect(
      recorder.start({ baseUrl: server.origin, port: server.port, ...more }),
    ).rejects.toMatchObject({ code: 'E_LISTEN' });
  });
});
