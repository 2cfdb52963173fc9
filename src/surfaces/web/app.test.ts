import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Daemon } from '../../runtime/daemon/daemon.ts';
import {
  type DaemonSite,
  eventually,
  KEY,
  openDaemonSite,
} from '../../runtime/daemon/daemon-site-fixture.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { samplesIn } from './exposition-fixture.ts';

const TOKEN = 'a-token-for-the-tests';
const HAS_PROMTOOL = spawnSync('promtool', ['--version']).status === 0;
const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

let site: DaemonSite;
let endpoint: Endpoint;
let daemon: Daemon;

beforeEach(async () => {
  site = await openDaemonSite();
  await writeFile(join(site.folder, 'token'), TOKEN);
  endpoint = createEndpoint();
});
afterEach(async () => {
  await endpoint.close();
  await site.close();
});

const SERVE = { port: 0, monitors: ['file-guard'], token: { $file: 'token' } };

async function start(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await site.configure({ serve: SERVE, ...more });
  daemon = await site.start({ onAccess: (access) => endpoint.follow(access) });
  endpoint.serve(daemon);
}

interface Answer {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  text: string;
}

/** One request on a connection of its own; fetch would choose Host and Origin itself. */
function ask(
  path: string,
  options: {
    method?: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
    token?: string | null;
  } = {},
): Promise<Answer> {
  const { method = 'GET', body, token = TOKEN } = options;
  const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...options.headers };
  const url = new URL(path, endpoint.url());
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? secureRequest : request;
    const sent = make(
      url,
      // The certificate of the test is nobody's.
      { method, headers, agent: false, ...(url.protocol === 'https:' ? { rejectUnauthorized: false } : {}) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = async (path: string, options?: Parameters<typeof ask>[1]) => {
  const { status, text } = await ask(path, options);
  return { status, body: JSON.parse(text) as Record<string, unknown> };
};
const post = (path: string, body: unknown) => json(path, { method: 'POST', body: JSON.stringify(body) });

describe('who gets an answer', () => {
  it('turns away whoever has no token, or comes under a foreign name or from a foreign page, in silence', async () => {
    await start();
    const refused: [number, Answer][] = [
      [401, await ask('/healthz', { token: null })],
      [401, await ask('/nothing-here', { token: null })],
      [401, await ask(`/healthz?token=${TOKEN}`, { token: null })],
      [401, await ask('/healthz', { token: null, headers: { cookie: `token=${TOKEN}` } })],
      [401, await ask('/healthz', { token: 'guess' })],
      [421, await ask('/healthz', { headers: { host: 'evil.example' } })],
      [403, await ask('/healthz', { headers: { origin: 'https://evil.example' } })],
      [405, await ask('/healthz', { method: 'DELETE' })],
      [405, await ask('/healthz', { method: 'HEAD' })],
      [405, await ask('/api/silences', { method: 'OPTIONS' })],
    ];
    for (const [status, answer] of refused) {
      expect(answer).toMatchObject({ status, text: '' });
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(Object.keys(answer.headers).filter((name) => name.includes('access-control'))).toEqual([]);
    }
    const { origin } = new URL(endpoint.url());
    expect(await ask('/healthz', { headers: { origin } })).toMatchObject({ status: 200 });
  });

  it('makes a token with each start, in a file for this user alone', async () => {
    await start({ serve: { port: 0, monitors: ['file-guard'] } });
    const path = await endpoint.announce(daemon.status().storePath);
    const { token, url, pid } = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
    expect({ url, pid }).toEqual({ url: endpoint.url(), pid: process.pid });
    expect(Buffer.from(token ?? '', 'base64url')).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await ask('/healthz', { token: token ?? '' })).toMatchObject({ status: 200 });
    expect(await ask('/healthz')).toMatchObject({ status: 401 });
    await endpoint.close();
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    endpoint = createEndpoint();
  });

  it('follows a token that was replaced, and stays where it listens', async () => {
    await start();
    const url = endpoint.url();
    await writeFile(join(site.folder, 'token'), 'the-next-token-there-is');
    await daemon.reload();
    expect(endpoint.url()).toBe(url);
    expect(await ask('/healthz')).toMatchObject({ status: 401 });
    expect(await ask('/healthz', { token: 'the-next-token-there-is' })).toMatchObject({ status: 200 });
  });

  it('refuses a port that is taken, and stays where it is when a reload asks for one', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ serve: { ...SERVE, port } })).rejects.toMatchObject({
      code: 'E_LISTEN',
      hint: expect.stringContaining('--port') as string,
    });
    await start();
    await site.configure({ serve: { ...SERVE, port } });
    await daemon.reload();
    expect(daemon.status().config.error?.code).toBe('E_LISTEN');
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    other.close();
  });

  it.skipIf(!HAS_OPENSSL)('speaks TLS when the config says so (needs openssl)', async () => {
    execFileSync(
      'openssl',
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=guard.internal -keyout key.pem -out cert.pem'.split(
        ' ',
      ),
      { cwd: site.folder, stdio: 'ignore' },
    );
    await start();
    const tls = { certFile: 'cert.pem', keyFile: 'key.pem' };
    await site.configure({ serve: { ...SERVE, tls, allowedHosts: ['guard.internal'] } });
    await daemon.reload();
    expect(daemon.status().config.error).toBeNull();
    expect(endpoint.url()).toMatch(/^https:/);
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    expect(await ask('/healthz', { headers: { host: 'guard.internal' } })).toMatchObject({ status: 200 });
    expect(await ask('/healthz', { token: null })).toMatchObject({ status: 401 });
  });
});

describe('what is answered', () => {
  it('says how the daemon is', async () => {
    await start();
    await eventually(async () =>
      expect((await json('/healthz')).body).toMatchObject({
        status: 'ok',
        monitors: [{ tool: 'file-guard', state: 'running' }],
        store: { writable: true },
        config: { error: null },
      }),
    );
    await site.write('crash');
    await eventually(async () => expect(await ask('/healthz')).toMatchObject({ status: 503 }));
    expect((await json('/healthz')).body).toMatchObject({ status: 'failing' });
    expect((await ask('/healthz')).text).not.toContain(KEY);
  });

  it('says what was found, what alerts, and what was told', async () => {
    await start();
    await site.write('ill');
    await eventually(async () =>
      expect((await json('/api/deliveries?state=delivered')).body['deliveries']).toHaveLength(1),
    );
    expect((await json('/api/findings?severity=high')).body).toMatchObject({
      total: 1,
      findings: [{ rule: 'file-guard/not-well' }],
    });
    expect((await json('/api/findings?tool=file')).body).toMatchObject({ total: 1 });
    expect((await json('/api/findings?tool=health')).body).toMatchObject({ total: 0 });
    expect(await json('/api/findings?tool=file-gaurd')).toMatchObject({
      status: 400,
      body: { error: { message: 'There is no tool "file-gaurd". Did you mean `file-guard`?' } },
    });
    expect((await json('/api/alerts')).body).toMatchObject({ alerts: [{ state: 'firing' }] });
    expect((await json('/api/status')).body).toMatchObject({
      firing: { high: 1, low: 0 },
      deliveries: [{ notifier: 'here', queued: 0, delivered: 1 }],
    });
    const answers = ['/api/findings', '/api/alerts', '/api/deliveries', '/api/status', '/metrics'].map(
      async (path) => (await ask(path)).text,
    );
    expect((await Promise.all(answers)).join('\n')).not.toContain(KEY);
  });

  it('gives the newest run of a tool, and the graph of the dependencies', async () => {
    await start({
      dependencies: {
        gateway: { url: 'tcp://127.0.0.1:1' },
        payment: { url: 'tcp://127.0.0.1:2', behind: ['gateway'], neededBy: ['POST /orders'] },
      },
    });
    expect((await json('/api/runs/latest?tool=file-guard')).status).toBe(404);
    const { signal } = new AbortController();
    await daemon.generation().runtime.run({ tool: 'file-guard', command: 'once', input: {}, signal });
    expect((await json('/api/runs/latest?tool=file-guard&command=once')).body).toMatchObject({
      tool: 'file-guard',
      status: 'pass',
    });
    expect((await json('/api/runs/latest?tool=file')).body).toMatchObject({ tool: 'file-guard' });
    expect((await json('/api/runs/latest?tool=fil')).status).toBe(400);
    // `rearguard check` belongs to no tool.
    expect((await json('/api/runs/latest?tool=rearguard')).status).toBe(404);
    expect((await json('/api/dependencies')).body).toMatchObject({
      dependencies: [
        { name: 'gateway', impact: { users: [{ pattern: 'POST /orders', via: 'payment' }] } },
        { name: 'payment', behind: ['gateway'] },
      ],
    });
  });

  it('takes silences and heartbeats', async () => {
    await start({ alerts: { heartbeats: [{ name: 'backup' }] } });
    const made = await post('/api/silences', { subjects: ['file *'], for: '2h', reason: 'we know' });
    const { silence } = made.body as { silence: { id: string; fromMs: number; toMs: number } };
    expect(made).toMatchObject({ status: 201, body: { silence: { subjects: ['file *'] } } });
    expect(silence.toMs - silence.fromMs).toBe(7_200_000);
    expect(silence.id).toMatch(/^silence-[\da-f]{6}$/);
    expect((await json('/api/windows')).body['silences']).toMatchObject([{ id: silence.id }]);
    expect((await post(`/api/silences/${silence.id}/end`, {})).status).toBe(200);
    expect((await post('/api/silences/silence-none/end', {})).status).toBe(404);

    expect((await json('/api/heartbeats/backup', { method: 'POST' })).status).toBe(200);
    expect(daemon.store.heartbeats.last('backup')).toBeGreaterThan(0);
    const unknown = await json('/api/heartbeats/bakcup', { method: 'POST' });
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'E_NOT_THERE' } } });
    expect(JSON.stringify(unknown.body)).toContain('Did you mean `backup`?');
  });

  it.each<[string, Parameters<typeof ask>[1], number]>([
    ['/nothing-here', {}, 404],
    ['/api/findings?state=odd', {}, 400],
    ['/api/findings?limit=0', {}, 400],
    ['/api/findings?colour=red', {}, 400],
    ['/api/windows?from=yesterday', {}, 400],
    ['/api/silences', { method: 'POST', body: 'no json' }, 400],
    ['/api/silences', { method: 'POST', body: '{"subjects":[],"reason":"all"}' }, 400],
    ['/api/silences', { method: 'POST', body: 'x'.repeat(65_537) }, 413],
    ['/api/heartbeats/%E0%A4%A', { method: 'POST' }, 404],
  ])('answers %s with one shape of error', async (path, options, status) => {
    await start();
    const answer = await json(path, options);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: expect.objectContaining({
        code: expect.stringMatching(/^E_/) as string,
        message: expect.stringMatching(/\w/) as string,
      }) as object,
    });
  });
});

describe('/metrics', () => {
  it('is the text format that Prometheus reads', async () => {
    await start();
    await eventually(async () => {
      const samples = samplesIn((await ask('/metrics')).text);
      expect(samples.get('rearguard_monitor_running{tool="file-guard"}')).toBe(1);
    });
    const { headers, text } = await ask('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = samplesIn(text);
    expect(samples.get('rearguard_up')).toBe(1);
    expect(samples.get('rearguard_config_last_reload_successful')).toBe(1);
    expect(samples.get('rearguard_alerts_firing{severity="high"}')).toBe(0);
    expect(samples.get('rearguard_deliveries_queued{notifier="here"}')).toBe(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('file_looks_total{file="state.txt",key="[redacted]"}')).toBeGreaterThan(0);
  });

  it('says when a config was refused', async () => {
    await start();
    await site.configure({ targets: 7 });
    await daemon.reload();
    const samples = samplesIn((await ask('/metrics')).text);
    expect(samples.get('rearguard_config_last_reload_successful')).toBe(0);
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it.skipIf(!HAS_PROMTOOL)('is what promtool calls right (needs promtool)', async () => {
    await start();
    const { text } = await ask('/metrics');
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toMatch(/error/i);
  });
});
