import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLocalAuthority } from '../../../platform/test-support/local-ca.ts';
import { closedPort, type LocalServer, serveHttp } from '../../../platform/test-support/servers.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { type Bench, found, openBench, type SeenView } from './fixture.ts';

let status = 200;
let api: LocalServer;
let bench: Bench;

beforeAll(async () => {
  api = await serveHttp((_, response) => response.writeHead(status).end('{}'));
});
beforeEach(async () => {
  status = 200;
  bench = await openBench(createRuntime);
});
afterEach(() => bench.close());
afterAll(() => api.close());

function texts(views: readonly Pick<SeenView, 'changes'>[]): string[] {
  return views.flatMap(({ changes }) => changes.map(({ text }) => text));
}

it('says down with the first failure, up after two successes, and keeps what it saw', async () => {
  await bench.configure({ payment: { url: api.origin, neededBy: ['POST /api/orders'] } });
  const views: SeenView[] = [];
  const { report } = await bench.run('monitor', { interval: '1s', for: '7s' }, (view) => {
    views.push(view);
    const said = texts(views);
    if (said.includes('payment: unknown -> up')) status = 503;
    if (said.some((text) => text.startsWith('payment: up -> down'))) status = 200;
  });
  expect(texts(views).slice(0, 3)).toEqual([
    'payment: unknown -> up',
    'payment: up -> down (status-5xx)',
    'payment: down -> up',
  ]);
  expect(report.data).toMatchObject({ dependencies: [{ dependency: 'payment' }] });
  const metrics = views.at(-1)?.metrics?.() ?? [];
  expect(metrics.find(({ name }) => name === 'dependency.probe.duration')).toMatchObject({
    kind: 'histogram',
    attributes: { dependency: 'payment', kind: 'http' },
  });
  expect(metrics.find(({ name }) => name === 'dependency.probe.failed')).toMatchObject({
    attributes: { cause: 'status-5xx' },
  });
});

it('asks what a failing one is behind at once, and names it instead', async () => {
  const port = await closedPort();
  await bench.configure({
    // Its own slot is hours away.
    gateway: { url: `tcp://127.0.0.1:${port}`, interval: '12h' },
    billing: { url: `http://127.0.0.1:${port}/`, interval: '1s', behind: ['gateway'] },
  });
  const views: SeenView[] = [];
  const concluded: string[][] = [];
  const { report, exitCode } = await bench.run('monitor', { for: '5s' }, (view) => {
    views.push(view);
    concluded.push((view.conclude?.().findings ?? []).map(({ rule, subject }) => `${rule} ${subject.name}`));
  });
  expect(texts(views)).toContain('billing: down because gateway is');
  expect(found(report)).toEqual(['affected billing', 'down gateway']);
  // Nothing was blamed on it before its cause had answered.
  expect(concluded.flat()).not.toContain('dependency-health-checker/down billing');
  expect(exitCode).toBe(1);
});

it('looks at the certificate at once when TLS begins to fail, and again when it is back', async () => {
  const root = await createLocalAuthority();
  const [good, bad] = await Promise.all([
    root.issue({ names: ['127.0.0.1'], expiresInDays: 90 }),
    root.issue({ names: ['other.test'], expiresInDays: 90 }),
  ]);
  const [healthy, refused] = [good, bad].map(({ certPem, keyPem }) => ({ cert: certPem, key: keyPem }));
  const server = createTlsServer(healthy ?? {}, (socket) => socket.on('error', () => undefined).end());
  await once(server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await writeFile(join(bench.directory, 'root.pem'), root.certPem);
    await bench.configure({ secure: { url: `tls://127.0.0.1:${port}`, tls: { caFile: 'root.pem' } } });
    const concluded: string[][] = [];
    const stop = new AbortController();
    const said: string[] = [];
    await bench.run(
      'monitor',
      { interval: '500ms', for: '60s' },
      (view) => {
        said.push(...texts([view]));
        const standing = (view.conclude?.().findings ?? [])
          .filter(({ state }) => state !== 'resolved')
          .map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`);
        if (standing.join() !== (concluded.at(-1) ?? []).join()) concluded.push(standing);
        if (said.includes('secure: unknown -> up')) server.setSecureContext(refused ?? {});
        if (concluded.length > 0) server.setSecureContext(healthy ?? {});
        if (concluded.length > 0 && standing.length === 0) stop.abort();
      },
      { signal: stop.signal },
    );
    // Never `down`, and resolved hours before the next look.
    expect(concluded).toEqual([[`certificate-invalid secure 127.0.0.1:${port}`], []]);
    expect(said).toContain('secure: up -> down (tls-failed)');
  } finally {
    server.close();
  }
});

it('calls what answers at the second try up, and its first tries a rate of errors', async () => {
  let calls = 0;
  const flaky = await serveHttp((_, response) => {
    calls += 1;
    response.writeHead(calls % 2 === 0 ? 200 : 500).end();
  });
  try {
    await bench.configure({ payment: { url: flaky.origin } });
    const { report } = await bench.run('monitor', { interval: '500ms', for: '5s' });
    expect(found(report)).toEqual(['error-rate payment']);
    expect(report.data).toMatchObject({ dependencies: [{ state: 'up', failed: 0 }] });
  } finally {
    await flaky.close();
  }
});

it('looks at the registration of a domain beside the slots', async () => {
  const registry = await serveHttp((_, response) =>
    response.end(
      JSON.stringify({
        objectClassName: 'domain',
        ldhName: 'example.test',
        events: [
          { eventAction: 'expiration', eventDate: new Date(Date.now() + 2 * 86_400_000).toISOString() },
        ],
      }),
    ),
  );
  try {
    await bench.configure({ domain: { url: 'domain://example.test', rdap: registry.origin } });
    const { report } = await bench.run('monitor', { for: '3s' });
    expect(found(report)).toEqual(['domain-expiring domain']);
    // Every six hours, and not every interval.
    expect(registry.connectionCount()).toBe(1);
  } finally {
    await registry.close();
  }
});
