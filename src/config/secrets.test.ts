import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RearguardError } from '../core/errors.ts';
import { env, file } from './define.ts';
import { loadConfig } from './load.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { resolveTargets } from './resolve-targets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const BASE = 'http://127.0.0.1:3000';

/** Configs that hold a secret as plain text where a secret belongs. */
const PLACES: Readonly<Record<string, (secret: string) => unknown>> = {
  'basic password': (secret) => ({
    targets: { a: { baseUrl: BASE, auth: { kind: 'basic', username: 'u', password: secret } } },
  }),
  'bearer token': (secret) => ({
    targets: { a: { baseUrl: BASE, auth: { kind: 'bearer', token: secret } } },
  }),
  'client secret': (secret) => ({
    targets: {
      a: {
        baseUrl: BASE,
        auth: { kind: 'oauth2-client-credentials', tokenUrl: BASE, clientId: 'c', clientSecret: secret },
      },
    },
  }),
  'authorization header': (secret) => ({
    targets: { a: { baseUrl: BASE, headers: { Authorization: secret } } },
  }),
  'cookie header': (secret) => ({ targets: { a: { baseUrl: BASE, headers: { cookie: secret } } } }),
  'key header': (secret) => ({ targets: { a: { baseUrl: BASE, headers: { 'X-Api-Key': secret } } } }),
  'header of an endpoint of a tool': (secret) => ({
    tools: { 'api-health-monitor': { endpoints: [{ path: '/', headers: { 'x-auth-token': secret } }] } },
  }),
  'user info of a URL': (secret) => ({
    targets: { a: { baseUrl: `http://user:${encodeURIComponent(secret)}@host` } },
  }),
  'raw user info of a URL': (secret) => ({ targets: { a: { baseUrl: `http://user:${secret}@host` } } }),
  'database URL': (secret) => ({
    targets: { a: { database: `postgres://u:${encodeURIComponent(secret)}@h/db` } },
  }),
  'raw database URL': (secret) => ({ targets: { a: { database: `postgres://u:${secret}@h/db` } } }),
  'parameter of a URL': (secret) => ({
    targets: { a: { baseUrl: BASE, openapi: `https://h/o.json?api_key=${encodeURIComponent(secret)}` } },
  }),
};

const secretText = fc
  .string({
    minLength: 8,
    maxLength: 24,
    unit: fc.constantFrom(...Array.from('abcXYZ0189-_/+=#@:!?&% {}$<')),
  })
  // One that is part of the config anyway proves nothing when it shows up.
  .map((text) => `q7${text}9Z`);

describe('a secret as plain text', () => {
  it.each(Object.entries(PLACES))('%s: is refused, and never shown', async (_, place) => {
    await fc.assert(
      fc.asyncProperty(secretText, fc.boolean(), async (secret, withMistake) => {
        const path = join(folder, 'rearguard.config.json');
        const config = { ...(place(secret) as object), ...(withMistake ? { unknownKey: 1 } : {}) };
        await writeFile(path, JSON.stringify(config, null, 2));
        const outcome = await loadConfig({ cwd: folder, path, env: {}, required: true }).then(
          (loaded) => ({ code: 'loaded', text: JSON.stringify(loaded.entries) }),
          (error: Error & { code: string; hint?: string }) => ({
            code: error.code,
            text: `${error.message} ${error.hint ?? ''} ${error.stack ?? ''}`,
          }),
        );
        expect(outcome.code).toBe('E_SECRET_LITERAL');
        expect(outcome.text).not.toContain(secret);
        expect(outcome.text).not.toContain(encodeURIComponent(secret));
      }),
      { numRuns: 50 },
    );
  });

  it('does not show in the message of a syntax error either', async () => {
    const broken = [
      'a: "q7secret9Z',
      'a: [q7secret9Z',
      '{"a": q7secret9Z}',
      'a: *q7secret9Z',
      'q7secret9Z: 1\nq7secret9Z: 2',
      'a: q7 : q7secret9Z : x',
    ];
    for (const text of broken) {
      for (const extension of ['yaml', 'json']) {
        const path = join(folder, `broken.${extension}`);
        await writeFile(path, text);
        const error = await loadConfig({ cwd: folder, path, env: {}, required: true }).then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        expect(error?.message ?? '').not.toContain('q7secret9Z');
        expect(error).toBeInstanceOf(RearguardError);
      }
    }
  });

  it.each([
    { targets: { a: { baseUrl: BASE, headers: { accept: 'application/json', 'x-tenant': 'shop' } } } },
    { targets: { a: { database: 'postgres://reader@127.0.0.1:5432/shop' } } },
    { targets: { a: { baseUrl: BASE, auth: { kind: 'bearer', token: { $file: '/run/token' } } } } },
  ])('is not suspected in %j', async (config) => {
    const path = join(folder, 'fine.json');
    await writeFile(path, JSON.stringify(config));
    const loaded = await loadConfig({ cwd: folder, path, env: {}, required: true });
    expect(loaded.targets).toEqual(config.targets);
  });
});

describe('resolveSecrets', () => {
  it('replaces references anywhere and says what must stay hidden', async () => {
    await writeFile(join(folder, 'token'), 'from-a-file\n');
    const { value, secrets } = await resolveSecrets(
      { headers: [{ deep: env('A') }], token: file('token'), baseUrl: env('URL'), database: env('DB'), n: 1 },
      {
        env: { A: 'alpha-value', URL: 'https://user:pa%23ss@host/x', DB: 'postgres://u:p@ss/w@h/db' },
        directory: folder,
      },
    );
    expect(value).toEqual({
      headers: [{ deep: 'alpha-value' }],
      token: 'from-a-file',
      baseUrl: 'https://user:pa%23ss@host/x',
      database: 'postgres://u:p@ss/w@h/db',
      n: 1,
    });
    expect(secrets.toSorted()).toEqual(
      [
        'alpha-value',
        'from-a-file',
        'pa%23ss',
        'pa#ss',
        'user',
        'p',
        'p@ss/w',
        'postgres://u:p@ss/w@h/db',
      ].toSorted(),
    );
  });

  it('names the reference and the setting of what is missing', async () => {
    await expect(
      resolveSecrets({ token: env('NOPE') }, { env: {}, directory: folder, at: ['targets', 'a'] }),
    ).rejects.toMatchObject({
      code: 'E_SECRET_MISSING',
      message: expect.stringMatching(/env NOPE.*targets\.a\.token/) as string,
    });
    await expect(
      resolveSecrets({ token: file('nope') }, { env: {}, directory: folder }),
    ).rejects.toMatchObject({ code: 'E_SECRET_MISSING' });
  });
});

describe('resolveTargets', () => {
  it('resolves what it can and says what it left out', async () => {
    await writeFile(join(folder, 'ca.pem'), 'PEM');
    const { targets, secrets, unresolved, diagnostics } = await resolveTargets(
      {
        directory: folder,
        targets: {
          shop: {
            baseUrl: `${BASE}/`,
            headers: { 'x-tenant': 'a' },
            auth: { kind: 'basic', username: 'u', password: env('PASSWORD') },
            tls: { caFile: 'ca.pem' },
          },
          db: { database: env('MISSING_URL') },
          odd: { database: env('PASSWORD') },
          file: { database: 'sqlite:./data/app.db' },
        },
      },
      { PASSWORD: 'hunter2-hunter2' },
    );
    expect(targets).toEqual([
      {
        kind: 'http',
        name: 'shop',
        baseUrl: BASE,
        headers: { 'x-tenant': 'a' },
        auth: { kind: 'basic', username: 'u', password: 'hunter2-hunter2' },
        tls: { ca: 'PEM' },
      },
      { kind: 'database', name: 'file', url: `sqlite://${join(folder, 'data/app.db')}` },
    ]);
    expect(secrets).toContain('hunter2-hunter2');
    expect(secrets).toContain(Buffer.from('u:hunter2-hunter2').toString('base64'));
    expect(unresolved.map(({ name, error }) => [name, error.code])).toEqual([
      ['db', 'E_SECRET_MISSING'],
      ['odd', 'E_TARGET_INVALID'],
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });
});
