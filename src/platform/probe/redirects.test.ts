import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLocalAuthority, type LocalAuthority } from '../test-support/local-ca.ts';
import { runProbe, sumOf } from '../test-support/probe.ts';
import { type LocalServer, serveHttp, serveHttps } from '../test-support/servers.ts';

const open: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
async function started(server: Promise<LocalServer>): Promise<LocalServer> {
  open.push(await server);
  return server;
}

let authority: LocalAuthority;
beforeAll(async () => {
  authority = await createLocalAuthority();
});

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** `/STATUS?to=URL` redirects there; anything else answers 200. Notes what it was asked. */
function redirector(seen: Seen[]): RequestListener {
  return (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body });
      const [path, to] = url.split('?to=');
      const status = Number(path?.slice(1));
      if (to === undefined) response.end('arrived');
      else response.writeHead(status, { location: decodeURIComponent(to) }).end();
    });
  };
}

const via = (status: number, to: string): string => `/${status}?to=${encodeURIComponent(to)}`;

describe('redirects', () => {
  it('are followed hop by hop, each with its own phases', async () => {
    const seen: Seen[] = [];
    const server = await started(serveHttp(redirector(seen)));
    const { cold } = await runProbe(server.origin + via(302, via(301, '/end')));
    expect(cold).toMatchObject({ success: true, status: 200 });
    expect(cold.hops.map((hop) => hop.status)).toEqual([302, 301, 200]);
    for (const hop of cold.hops) expect(sumOf(hop.phases)).toBeCloseTo(hop.totalMs, 6);
    expect(sumOf(cold.phases)).toBeCloseTo(cold.totalMs, 6);
    expect(server.connectionCount()).toBe(3);
  });

  it('are the answer itself when none may be followed', async () => {
    const server = await started(serveHttp(redirector([])));
    const { cold } = await runProbe(server.origin + via(302, '/end'), {
      maxRedirects: 0,
      assertions: [{ kind: 'header', name: 'location', op: 'equals', value: '/end' }],
    });
    expect(cold).toMatchObject({ success: true, status: 302 });
  });

  it('end at the limit, and in a circle', async () => {
    const server = await started(serveHttp(redirector([])));
    const many = await runProbe(server.origin + via(302, via(302, via(302, '/end'))), { maxRedirects: 2 });
    expect(many.cold.cause).toBe('too-many-redirects');
    expect(many.cold.hops).toHaveLength(3);
    const circle = await started(
      serveHttp((_, response) => response.writeHead(302, { location: '/' }).end()),
    );
    const { cold } = await runProbe(circle.origin);
    expect(cold).toMatchObject({ cause: 'too-many-redirects', message: 'the redirects lead in a circle' });
    expect(circle.connectionCount()).toBe(1);
  });

  it('exactly as many as allowed are followed', async () => {
    const server = await started(serveHttp(redirector([])));
    const { cold } = await runProbe(server.origin + via(302, via(302, '/end')), { maxRedirects: 2 });
    expect(cold.success).toBe(true);
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', 'body'],
    [307, 'POST', 'POST', 'body'],
    [308, 'POST', 'POST', 'body'],
    [303, 'HEAD', 'HEAD', ''],
  ])('%d turns %s into %s', async (status, method, expectedMethod, expectedBody) => {
    const seen: Seen[] = [];
    const server = await started(serveHttp(redirector(seen)));
    await runProbe(server.origin + via(status, '/end'), {
      method,
      headers: { 'content-type': 'text/plain' },
      ...(method === 'HEAD' ? {} : { body: 'body' }),
    });
    expect(seen[1]).toMatchObject({ method: expectedMethod, url: '/end', body: expectedBody });
    expect(seen[1]?.headers['content-type']).toBe(expectedMethod === method ? 'text/plain' : undefined);
  });

  it('keep credentials on the same origin and drop them for good on another', async () => {
    const first: Seen[] = [];
    const second: Seen[] = [];
    const ours = await started(serveHttp(redirector(first)));
    const other = await started(serveHttp(redirector(second)));
    const path = via(302, `${other.origin}${via(302, `${ours.origin}/end`)}`);
    await runProbe(ours.origin + via(302, path), {
      auth: { kind: 'basic', username: 'ada', password: 'lovelace' },
      headers: { Cookie: 'session=1', 'X-Trace': 'kept' },
    });
    const hops = [first[0], first[1], second[0], first[2]];
    expect(hops.map((hop) => hop?.headers.authorization !== undefined)).toEqual([true, true, false, false]);
    expect(hops.map((hop) => hop?.headers.cookie !== undefined)).toEqual([true, true, false, false]);
    expect(hops.map((hop) => hop?.headers['x-trace'])).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it('a location that is no web address is a protocol error', async () => {
    const server = await started(
      serveHttp((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()),
    );
    expect((await runProbe(server.origin)).cold.cause).toBe('protocol-error');
  });

  it('each hop shows its certificate, and the one that is wrong ends the chain', async () => {
    const wrong = await started(serveHttps(redirector([]), await authority.issue({ names: ['other.test'] })));
    const good = await started(serveHttps(redirector([]), await authority.issue({ expiresInDays: 5 })));
    const { cold } = await runProbe(good.origin + via(302, `${wrong.origin}/end`), {
      tls: { ca: authority.certPem },
    });
    expect(cold.cause).toBe('tls-failed');
    expect(cold.hops.map((hop) => hop.tls?.problems)).toEqual([[], ['name-mismatch']]);
    expect(cold.hops.map((hop) => hop.status)).toEqual([302, null]);
  });
});
