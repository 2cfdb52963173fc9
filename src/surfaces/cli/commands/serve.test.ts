import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Backend, configFor, startBackend } from '../../../../test/lib/backend.ts';
import { BINARY, inFolder } from '../../../../test/lib/cli.ts';
import type { AlertMessage } from '../../../core/alert.ts';
import { openStore } from '../../../store/open.ts';
import type { Store } from '../../../store/store.ts';

/** `rearguard serve` as a process of its own; needs a build. */

const CONFIG = 'rearguard.config.json';
const RETENTION = { samplesMs: 1e12, minuteBucketsMs: 1e12, hourBucketsMs: 1e12, runsMs: 1e12 };
const SERIES = 'http.probe.duration';

interface Served {
  pid: number;
  stdout: () => string;
  stderr: () => string;
  kill: (signal: NodeJS.Signals) => void;
  ended: Promise<number | null>;
}

let backend: Backend;
let receiver: Server;
let hook: string;
let received: AlertMessage[];
let running: Served[];

beforeEach(async () => {
  backend = await startBackend();
  received = [];
  running = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push(JSON.parse(body) as AlertMessage);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  for (const { kill, ended } of running) {
    kill('SIGKILL');
    await ended;
  }
  receiver.closeAllConnections();
  receiver.close();
  await backend.close();
});

function config(more: Readonly<Record<string, unknown>> = {}): string {
  return configFor(backend.url, ['/switched'], {
    serve: { port: 0, monitors: ['api-health-monitor'] },
    alerts: {
      groupWait: '1s',
      dependentWait: '1s',
      notifiers: { hook: { kind: 'webhook', url: hook } },
    },
    ...more,
  });
}

function serve(
  cwd: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Served {
  const child = spawn(process.execPath, [BINARY, 'serve', ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const served: Served = {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
  running.push(served);
  return served;
}

const eventually = (assertion: () => void | Promise<void>) =>
  vi.waitFor(assertion, { timeout: 50_000, interval: 100 });

async function started(cwd: string, args?: readonly string[]): Promise<Served> {
  const served = serve(cwd, args);
  await eventually(() => expect(served.stdout()).toContain('API at http'));
  return served;
}

async function addressIn(folder: string): Promise<{ url: string; token: string; pid: number }> {
  const text = await readFile(path.join(folder, '.rearguard', 'serve.json'), 'utf8');
  return JSON.parse(text) as { url: string; token: string; pid: number };
}

async function ask(folder: string, route: string): Promise<{ status: number; text: string }> {
  const { url, token } = await addressIn(folder);
  const response = await fetch(url + route, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, text: await response.text() };
}

function withStore<Result>(folder: string, body: (store: Store) => Result): Result {
  const store = openStore({ path: path.join(folder, '.rearguard', 'store.db'), retention: RETENTION });
  try {
    return body(store);
  } finally {
    store.close();
  }
}

describe('rearguard serve', { timeout: 180_000 }, () => {
  it('watches, tells, and ends cleanly', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const served = await started(folder);
      expect(served.stdout()).toMatch(
        /^Rearguard watches 1 endpoint and 0 dependencies; API at http:\/\/127\.0\.0\.1:\d+ \(token in \.rearguard\/serve\.json\)$/m,
      );
      const { token, pid } = await addressIn(folder);
      expect(pid).toBe(served.pid);
      await eventually(() => expect(received.map(({ kind }) => kind)).toEqual(['firing']));
      expect(served.stdout()).toMatch(/^\d{4}-\S+Z shop GET \/switched: unknown -> down/m);

      const asked = serve(folder, ['--healthcheck']);
      expect(await asked.ended).toBe(0);
      expect(asked.stdout()).toContain('The daemon is well.');

      served.kill('SIGTERM');
      expect(await served.ended).toBe(0);
      expect(served.stdout()).toMatch(/Watched for .*: \d+ changes?, 1 alert fired\.\s*$/);
      expect(served.stdout() + served.stderr()).not.toContain(token);
      expect(await serve(folder, ['--healthcheck']).ended).toBe(3);
      await expect(stat(path.join(folder, '.rearguard', 'serve.json'))).rejects.toThrow('ENOENT');
    });
  });

  it('is found by --healthcheck while its config is wrong, as long as its store is where one is looked for', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const served = await started(folder);
      await writeFile(path.join(folder, CONFIG), '{ "targets": ');
      const asked = serve(folder, ['--healthcheck']);
      expect(await asked.ended).toBe(0);
      expect(asked.stdout()).toContain('The daemon is well.');
      expect(asked.stderr()).toContain(CONFIG);
      // From elsewhere the config is what leads to it.
      const elsewhere = ['--config', path.join(folder, CONFIG), '--healthcheck'];
      expect(await serve(tmpdir(), elsewhere).ended).toBe(0);
      const other = path.join(folder, 'other', 'store.db');
      expect(await serve(folder, ['--healthcheck', '--store-path', other]).ended).toBe(2);

      served.kill('SIGTERM');
      await served.ended;
      const refused = serve(folder, ['--healthcheck']);
      expect(await refused.ended).toBe(2);
      expect(refused.stderr()).toContain(CONFIG);
    });
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const elsewhere = path.join(folder, 'state', 'store.db');
      await started(folder, ['--store-path', elsewhere]);
      await writeFile(path.join(folder, CONFIG), '{ "targets": ');
      expect(await serve(folder, ['--healthcheck', '--store-path', elsewhere]).ended).toBe(0);
      expect(await serve(folder, ['--healthcheck'], { REARGUARD_STORE_PATH: elsewhere }).ended).toBe(0);
      expect(await serve(folder, ['--healthcheck']).ended).toBe(2);
    });
  });

  it('speaks NDJSON and ends with its report', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const served = await started(folder, ['--output', 'ndjson']);
      await eventually(() => expect(served.stdout()).toContain('"state-change"'));
      served.kill('SIGINT');
      expect(await served.ended).toBe(0);
      const lines = served
        .stdout()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.find(({ type }) => type === 'started')).toMatchObject({ data: { endpoints: 1 } });
      expect(lines.find(({ type }) => type === 'change')).toMatchObject({
        data: { tool: 'api-health-monitor', change: { kind: 'state-change' } },
      });
      expect(lines.at(-1)).toMatchObject({ tool: 'rearguard', command: 'serve', status: 'pass' });
    });
  });

  it('loses nothing older than a second to SIGKILL, and repeats no alert', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const first = await started(folder);
      await eventually(() => expect(received).toHaveLength(1));
      const samplesNow = (store: Store) =>
        store.samples
          .series(SERIES)
          .flatMap((series) => store.samples.raw(series, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }));
      // Answers from before the next three slots are older than a second: every one of them has to be there.
      const answered = backend.seen.length;
      await eventually(() => expect(backend.seen.length).toBeGreaterThanOrEqual(answered + 3));
      first.kill('SIGKILL');
      await first.ended;
      expect(withStore(folder, samplesNow).length).toBeGreaterThanOrEqual(answered);

      const second = await started(folder);
      expect((await addressIn(folder)).pid).toBe(second.pid);
      const gaps = withStore(folder, (store) => store.samples.gaps({ fromMs: 0, toMs: Date.now() }));
      expect(gaps.filter(({ reason }) => reason === 'not-running')).toHaveLength(1);
      await eventually(() => expect(second.stdout()).toContain('-> down'));
      await eventually(async () => expect((await ask(folder, '/api/alerts')).text).toContain('"firing"'));
      backend.setHealthy(true);
      await eventually(() => expect(second.stdout()).toContain('down -> up'));
      expect(received.map(({ kind }) => kind)).toEqual(['firing']);
    });
  });

  it('is alone with its store', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const first = await started(folder);
      const second = serve(folder);
      expect(await second.ended).toBe(2);
      expect(second.stderr()).toContain(`process ${first.pid}`);
      expect(second.stderr()).toContain((await addressIn(folder)).url);
      expect((await ask(folder, '/healthz')).status).toBe(200);
    });
  });

  it('says that a port is taken, and leaves the store to the next', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const { port } = receiver.address() as AddressInfo;
      const refused = serve(folder, ['--port', String(port)]);
      expect(await refused.ended).toBe(2);
      expect(refused.stderr()).toContain(`Cannot listen on 127.0.0.1:${port}: the port is taken.`);
      expect(refused.stderr()).toContain('--port');
      await started(folder);
    });
  });

  it('refuses to listen beyond loopback without TLS', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const refused = serve(folder, ['--host', '0.0.0.0']);
      expect(await refused.ended).toBe(2);
      expect(refused.stderr()).toContain('serve.tls');
    });
  });

  it('follows its config, also one that an editor replaces, and SIGHUP', async () => {
    await inFolder({ [CONFIG]: config() }, async (folder) => {
      const served = await started(folder);
      const { url } = await addressIn(folder);
      await writeFile(path.join(folder, CONFIG), '{ "targets": ');
      await eventually(() => expect(served.stderr()).toContain('the config was not reloaded'));
      const refused = await ask(folder, '/metrics');
      expect(refused.text).toContain('\nrearguard_config_last_reload_successful 0\n');
      expect((await ask(folder, '/healthz')).status).toBe(200);

      const next = configFor(backend.url, ['/switched', '/ok'], {
        serve: { port: 0, monitors: ['api-health-monitor'] },
      });
      await writeFile(path.join(folder, 'draft'), next);
      await rename(path.join(folder, 'draft'), path.join(folder, CONFIG));
      await eventually(() => expect(served.stdout()).toContain('GET /ok: unknown -> up'));
      expect((await addressIn(folder)).url).toBe(url);
      expect((await ask(folder, '/metrics')).text).toContain('\nrearguard_config_reloads_total 1\n');

      served.kill('SIGHUP');
      await eventually(async () =>
        expect((await ask(folder, '/metrics')).text).toContain('\nrearguard_config_reloads_total 2\n'),
      );
      served.kill('SIGTERM');
      expect(await served.ended).toBe(0);
    });
  });
});
