import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, type LoadConfigOptions } from './load.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const load = (options: Partial<LoadConfigOptions> = {}) =>
  loadConfig({ cwd: folder, env: {}, required: true, ...options });

const FORMS: Readonly<Record<string, string>> = {
  'rearguard.config.ts': `import { defineConfig, env } from 'rearguard';
const budget: string = '90s';
export default defineConfig({
  targets: { shop: { baseUrl: 'http://127.0.0.1:3000', auth: { kind: 'bearer', token: env('SHOP_TOKEN') } } },
  check: { budget },
});`,
  'rearguard.config.mjs': `import { defineConfig, env } from 'rearguard';
export default defineConfig({
  targets: { shop: { baseUrl: 'http://127.0.0.1:3000', auth: { kind: 'bearer', token: env('SHOP_TOKEN') } } },
  check: { budget: '90s' },
});`,
  'rearguard.config.js': `export default {
  targets: { shop: { baseUrl: 'http://127.0.0.1:3000', auth: { kind: 'bearer', token: { $env: 'SHOP_TOKEN' } } } },
  check: { budget: '90s' },
};`,
  'rearguard.config.json': `{
  "$schema": "./schema/config.json",
  "targets": { "shop": { "baseUrl": "http://127.0.0.1:3000", "auth": { "kind": "bearer", "token": { "$env": "SHOP_TOKEN" } } } },
  "check": { "budget": "90s" }
}`,
  'rearguard.config.yaml': `targets:
  shop:
    baseUrl: http://127.0.0.1:3000
    auth: { kind: bearer, token: { $env: SHOP_TOKEN } }
check: { budget: 90s }
`,
};

describe('loadConfig', () => {
  it.each(Object.entries(FORMS))('reads %s', async (name, text) => {
    await write(name, text);
    const config = await load();
    expect(config.path).toBe(join(folder, name));
    expect(config.targets).toEqual({
      shop: { baseUrl: 'http://127.0.0.1:3000', auth: { kind: 'bearer', token: { $env: 'SHOP_TOKEN' } } },
    });
    expect(config.check.budgetMs).toBe(90_000);
    expect(config.targetNames).toEqual(['shop']);
  });

  it('looks upwards and takes paths from where the file is', async () => {
    await write('rearguard.config.yaml', 'store: { path: state/rearguard.db }');
    await mkdir(join(folder, 'src', 'deep'), { recursive: true });
    const config = await load({ cwd: join(folder, 'src', 'deep') });
    expect(config.directory).toBe(folder);
    expect(config.store.path).toBe(join(folder, 'state', 'rearguard.db'));
  });

  it('has defaults for everything, and says so', async () => {
    const config = await load({ required: false });
    expect(config.path).toBeUndefined();
    expect(config.store).toEqual({
      path: join(folder, '.rearguard', 'store.db'),
      retention: {
        samplesMs: 48 * 3_600_000,
        minuteBucketsMs: 14 * 86_400_000,
        hourBucketsMs: 400 * 86_400_000,
        runsMs: 90 * 86_400_000,
      },
    });
    expect(config.failOn).toBe('high');
    expect(config.entries.every((entry) => entry.origin.kind === 'default')).toBe(true);
  });

  it('takes a flag before the environment, the environment before the file, the file before the default', async () => {
    await write('rearguard.config.yaml', 'failOn: low\nstore:\n  path: a.db\n  retention: { runs: 5d }\n');
    const config = await load({
      env: { REARGUARD_FAIL_ON: 'medium', REARGUARD_STORE_PATH: 'b.db', REARGUARD_CHECK_BUDGET: '' },
      flags: { failOn: 'critical' },
    });
    expect(config.failOn).toBe('critical');
    const origins = Object.fromEntries(
      config.entries.map(({ path, value, origin }) => [path, { value, origin }]),
    );
    expect(origins).toMatchObject({
      failOn: { value: 'critical', origin: { kind: 'flag', name: '--fail-on' } },
      'store.path': { value: 'b.db', origin: { kind: 'environment', name: 'REARGUARD_STORE_PATH' } },
      'store.retention.runs': { value: '5d', origin: { kind: 'file', line: 4 } },
      'check.budget': { value: '60s', origin: { kind: 'default' } },
    });
  });

  it('lists targets leaf by leaf with their lines, and secrets as references', async () => {
    await write('rearguard.config.yaml', FORMS['rearguard.config.yaml'] ?? '');
    const { entries, path } = await load();
    expect(entries).toContainEqual({
      path: 'targets.shop.auth.token',
      value: { $env: 'SHOP_TOKEN' },
      origin: { kind: 'file', path, line: 4 },
    });
  });

  it('says when there is no file', async () => {
    await expect(load()).rejects.toMatchObject({ code: 'E_CONFIG_NOT_FOUND', exitCode: 2 });
    await expect(load({ path: 'other.yaml' })).rejects.toMatchObject({ code: 'E_CONFIG_UNREADABLE' });
  });
});

describe('a wrong config', () => {
  it.each([
    ['yaml', 'targets:\n  shop:\n   baseUrl: "x\n', 'E_CONFIG_SYNTAX', ':4:1'],
    ['yaml', 'tragets: {}\n', 'E_CONFIG_INVALID', '1:1 tragets: unknown key. Did you mean `targets`?'],
    [
      'yaml',
      'targets:\n  shop:\n    baseurl: http://127.0.0.1\n',
      'E_CONFIG_INVALID',
      '3:5 targets.shop.baseurl: unknown key. Did you mean `baseUrl`?',
    ],
    [
      'yaml',
      'targets:\n  db: { databse: postgres://127.0.0.1/x }\n',
      'E_CONFIG_INVALID',
      '2:9 targets.db.databse: unknown key. Did you mean `database`?',
    ],
    [
      'yaml',
      'targets:\n  shop: { baseUrl: shop }\n',
      'E_CONFIG_INVALID',
      'expected an http:// or https:// URL',
    ],
    ['yaml', 'targets:\n  shop: {}\n', 'E_CONFIG_INVALID', '2:3 targets.shop.baseUrl: is missing'],
    [
      'yaml',
      'targets:\n  shop:\n    baseUrl: http://127.0.0.1\n    auth: { kind: digest }\n',
      'E_CONFIG_INVALID',
      '4:13 targets.shop.auth.kind: expected basic, bearer, oauth2-client-credentials',
    ],
    [
      'yaml',
      'targets:\n  shop:\n    baseUrl: http://127.0.0.1\n    auth: { kind: bearer, tken: x }\n',
      'E_CONFIG_INVALID',
      '4:27 targets.shop.auth.tken: unknown key. Did you mean `token`?',
    ],
    ['yaml', 'store:\n  retention:\n    runs: forever\n', 'E_CONFIG_INVALID', '3:5 store.retention.runs: '],
    [
      'yaml',
      'failOn: severe\n',
      'E_CONFIG_INVALID',
      '1:1 failOn: expected critical, high, medium, low, info',
    ],
    ['yaml', '- a\n- b\n', 'E_CONFIG_INVALID', 'expected a mapping of settings'],
    ['json', '{\n  "failOn": "low",\n}', 'E_CONFIG_SYNTAX', ':3:1'],
    ['json', '{\n  "failOn": "low"', 'E_CONFIG_SYNTAX', 'ends too early'],
    [
      'json',
      '{\n  "store": { "pth": "x" }\n}',
      'E_CONFIG_INVALID',
      '2:14 store.pth: unknown key. Did you mean `path`?',
    ],
    ['mjs', 'export const config = {};', 'E_CONFIG_INVALID', 'no default export'],
    ['mjs', 'throw new Error("not today");', 'E_CONFIG_UNREADABLE', 'not today'],
  ])('%s %j', async (extension, text, code, message) => {
    await write(`rearguard.config.${extension}`, text);
    await expect(load()).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    });
  });

  it('blames the variable or the flag that gave a bad value', async () => {
    await expect(load({ required: false, env: { REARGUARD_CHECK_BUDGET: 'soon' } })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('REARGUARD_CHECK_BUDGET') as string,
    });
    await expect(load({ required: false, flags: { failOn: 'never' } })).rejects.toMatchObject({
      message: expect.stringContaining('--fail-on') as string,
    });
  });
});
