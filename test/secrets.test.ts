import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, startBackend } from './lib/backend.ts';
import { cli, inFolder } from './lib/cli.ts';
import { plantedSecrets } from './lib/secrets.ts';

/** What the backend shows of its own; and what the config refers to, which the backend sends back as debug pages do. */
const LEAKED = plantedSecrets();
const OWN = {
  BEARER: 'config-bearer-5d1f7c2e9a',
  API_KEY: 'config-api-key-8e02b6d471',
  BODY: 'config-body-secret-17c9d04f',
  COOKIE: 'config-cookie-secret-6be1a93f',
  QUERY: 'config-query-secret-90fa3e77',
  DATABASE: 'config-database-password-4af0d2',
};
const FORMATS = ['text', 'json', 'ndjson', 'markdown', 'junit', 'sarif', 'github', 'prometheus', 'html'];

let backend: Backend;
/** Everything any command said or wrote, by where it came from. */
const seen = new Map<string, Buffer>();

beforeAll(async () => {
  backend = await startBackend((request, response) => {
    const index = Number(/^\/leak\/(\d+)/.exec(request.url ?? '')?.[1] ?? Number.NaN);
    const leaked = LEAKED[index];
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const mirror = JSON.stringify({ headers: request.headers, url: request.url, body });
      response.writeHead(500, {
        'content-type': 'text/plain',
        'x-debug': encodeURIComponent(leaked?.shown ?? ''),
      });
      response.end(`${leaked?.shown ?? ''}\n${mirror}`);
    });
    return true;
  });
  await inFolder({ 'rearguard.config.json': config(backend.url) }, runEverything);
}, 600_000);
afterAll(() => backend.close());

function config(baseUrl: string): string {
  const leaks = LEAKED.map((_, index) => ({
    path: `/leak/${index}`,
    expect: { status: 200, body: { contains: 'healthy' }, headers: { 'x-debug': 'off' } },
  }));
  const mirrored = {
    path: { $env: 'SECRET_PATH' },
    method: 'POST',
    headers: { cookie: { $env: 'SECRET_COOKIE' } },
    body: { $env: 'SECRET_BODY' },
    expect: { status: '5xx', body: { contains: 'healthy' } },
  };
  return JSON.stringify({
    targets: {
      shop: {
        baseUrl,
        auth: { kind: 'bearer', token: { $env: 'SECRET_BEARER' } },
        headers: { 'x-api-key': { $env: 'SECRET_API_KEY' } },
      },
      database: { database: { $env: 'SECRET_DATABASE' } },
    },
    tools: {
      'api-health-monitor': {
        endpoints: [...leaks.map((leak) => ({ target: 'shop', ...leak })), { target: 'shop', ...mirrored }],
        interval: '1s',
        timeout: '2s',
        round: { samples: 4, maxRatePerSecond: 500, maxRatePerEndpoint: 50 },
      },
    },
  });
}

async function runEverything(cwd: string): Promise<void> {
  const env = {
    SECRET_BEARER: OWN.BEARER,
    SECRET_API_KEY: OWN.API_KEY,
    SECRET_BODY: `note=${OWN.BODY}`,
    SECRET_COOKIE: `sid=${OWN.COOKIE}`,
    SECRET_PATH: `/mirror?access_token=${OWN.QUERY}`,
    SECRET_DATABASE: `postgres://shop:${OWN.DATABASE}@127.0.0.1:1/shop`,
    REARGUARD_DEBUG: '1',
  };
  const run = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await cli([...args, '--verbose'], { cwd, env });
    seen.set(`stdout of ${args.join(' ')}`, Buffer.from(stdout));
    seen.set(`stderr of ${args.join(' ')}`, Buffer.from(stderr));
    return stdout;
  };
  for (const format of FORMATS) await run('check', '--output', format, '--detail', 'full');
  await run('health', 'status', '--json');
  await run('health', 'baseline', '--json');
  await run('health', 'post-deploy-check', '--json');
  await run('health', 'performance-report', '--json');
  await run('health', 'watch', '--for', '2s', '--output', 'ndjson');
  await run('deploy', 'mark', '--release', `v1?token=${LEAKED[2]?.value ?? ''}`);
  await run('config', 'print');
  await run('config', 'print', '--json');
  await run('doctor', '--json');
  const { findings } = JSON.parse(await run('findings', '--limit', '100', '--json')) as {
    findings: { id: string }[];
  };
  const id = findings[0]?.id ?? '';
  await run('findings', 'show', id);
  await run('findings', 'mute', id, '--reason', `because ${LEAKED[4]?.shown ?? ''}`);
  await run('verify', id, '--json');
  for (const file of await readdir(path.join(cwd, '.rearguard'), { recursive: true })) {
    seen.set(
      `the store file ${file}`,
      await readFile(path.join(cwd, '.rearguard', file)).catch(() => Buffer.alloc(0)),
    );
  }
}

/** Where a secret shows, as it is or in one of the forms it travels in. */
function placesOf(value: string): string[] {
  const forms = [
    value,
    encodeURIComponent(value),
    Buffer.from(value)
      .toString('base64')
      .replace(/.{2}=*$/, ''),
  ];
  return [...seen].filter(([, bytes]) => forms.some((form) => bytes.includes(form))).map(([place]) => place);
}

describe('no secret shows', () => {
  it('was looked for where there was something to see', () => {
    expect(LEAKED).toHaveLength(30);
    expect(new Set(LEAKED.map((secret) => secret.value)).size).toBe(30);
    expect(backend.seen.some((headers) => headers.authorization === `Bearer ${OWN.BEARER}`)).toBe(true);
    expect(seen.get('stdout of check --output json --detail full')?.includes('/leak/29')).toBe(true);
    expect([...seen.keys()].some((place) => place.includes('store.db'))).toBe(true);
  });

  it.each(LEAKED.map((secret) => [secret.kind, secret.value]))('from the backend: %s', (_, value) => {
    expect(placesOf(value)).toEqual([]);
  });

  it.each(Object.entries(OWN))('from the config: %s', (_, value) => {
    expect(placesOf(value)).toEqual([]);
  });
});

describe('a secret written into the config', () => {
  it('is refused without being repeated', async () => {
    const literal = 'literal-9c41f0d7be';
    const text = JSON.stringify({
      targets: { shop: { baseUrl: 'http://127.0.0.1:1', auth: { kind: 'bearer', token: literal } } },
    });
    await inFolder({ 'rearguard.config.json': text }, async (cwd) => {
      const { code, stdout, stderr } = await cli(['check', '--json', '--verbose'], {
        cwd,
        env: { REARGUARD_DEBUG: '1' },
      });
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'E_SECRET_LITERAL' } });
      expect(stdout + stderr).not.toContain(literal);
      expect(code).toBe(2);
    });
  });
});
