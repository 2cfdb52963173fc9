import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, closedPort, configFor, startBackend } from './lib/backend.ts';
import { cli, inFolder, ROOT } from './lib/cli.ts';

let backend: Backend;
let isReport: ValidateFunction;

beforeAll(async () => {
  backend = await startBackend();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  isReport = ajv.compile(
    JSON.parse(await readFile(path.join(ROOT, 'schema', 'report.json'), 'utf8')) as object,
  );
});
afterAll(() => backend.close());

/** What the published schema has against it. */
function violations(report: unknown): unknown[] {
  isReport(report);
  return isReport.errors ?? [];
}

/** One way for `rearguard check --json` to end; `prepare` sets the folder up. */
interface Outcome {
  name: string;
  code: number;
  status: 'pass' | 'fail' | 'unknown';
  error?: string;
  args?: readonly string[];
  files?: () => Readonly<Record<string, string>>;
  prepare?: (folder: string) => Promise<void>;
  env?: Readonly<Record<string, string>>;
}

const CONFIG = 'rearguard.config.json';

const OUTCOMES: readonly Outcome[] = [
  {
    name: 'nothing found',
    code: 0,
    status: 'pass',
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok']) }),
  },
  {
    name: 'findings',
    code: 1,
    status: 'fail',
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok', '/broken']) }),
  },
  { name: 'no config', code: 2, status: 'unknown', error: 'E_CONFIG_NOT_FOUND' },
  {
    name: 'a config that is not there',
    code: 2,
    status: 'unknown',
    error: 'E_CONFIG_UNREADABLE',
    args: ['--config', 'gone.yaml'],
  },
  {
    name: 'a config that cannot be read',
    code: 2,
    status: 'unknown',
    error: 'E_CONFIG_SYNTAX',
    files: () => ({ [CONFIG]: '{ "targets": ' }),
  },
  {
    name: 'a config that is wrong',
    code: 2,
    status: 'unknown',
    error: 'E_CONFIG_INVALID',
    files: () => ({ [CONFIG]: '{ "tragets": {} }' }),
  },
  {
    name: 'a section of the tool that is wrong',
    code: 2,
    status: 'unknown',
    error: 'E_CONFIG_INVALID',
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok']).replace('"2s"', '"soon"') }),
  },
  {
    name: 'a secret that is not there',
    code: 2,
    status: 'unknown',
    error: 'E_SECRET_MISSING',
    files: () => ({
      [CONFIG]: JSON.stringify({
        targets: { shop: { baseUrl: backend.url, auth: { kind: 'bearer', token: { $env: 'NOT_SET' } } } },
      }),
    }),
  },
  {
    name: 'no target',
    code: 3,
    status: 'unknown',
    error: 'E_NOTHING_TO_CHECK',
    files: () => ({ [CONFIG]: '{}' }),
  },
  {
    name: 'no endpoint',
    code: 3,
    status: 'unknown',
    error: 'E_NOTHING_TO_CHECK',
    files: () => ({ [CONFIG]: configFor(backend.url, []) }),
  },
  {
    name: 'a target that does not answer',
    code: 1,
    status: 'fail',
    // The port stands in the file that prepare() writes.
    prepare: async (folder) => {
      await writeFile(
        path.join(folder, CONFIG),
        configFor(`http://127.0.0.1:${await closedPort()}`, ['/ok']),
      );
    },
  },
  { name: 'an unknown option', code: 2, status: 'unknown', error: 'E_USAGE', args: ['--fail-onn', 'high'] },
  {
    name: 'an unknown tool',
    code: 2,
    status: 'unknown',
    error: 'E_USAGE',
    args: ['--tool', 'healht'],
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok']) }),
  },
  {
    name: 'out of time',
    code: 3,
    status: 'unknown',
    args: ['--timeout', '1ms'],
    files: () => ({ [CONFIG]: configFor(backend.url, ['/slow']) }),
  },
  {
    name: 'a store that cannot be written',
    code: 3,
    status: 'unknown',
    error: 'E_STORE_READONLY',
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok'], { store: { path: 'store.db' } }) }),
    prepare: (folder) => mkdir(path.join(folder, 'store.db')).then(() => undefined),
  },
  {
    name: 'a store on a full disk',
    code: 3,
    status: 'unknown',
    error: 'E_STORE_FULL',
    files: () => ({ [CONFIG]: configFor(backend.url, ['/ok']) }),
    env: { REARGUARD_STORE_PATH: '/dev/full' },
  },
];

describe('rearguard check --json', () => {
  it.each(OUTCOMES)('prints one valid envelope: $name', async (outcome) => {
    await inFolder(outcome.files?.() ?? {}, async (cwd) => {
      await outcome.prepare?.(cwd);
      const env = { FORCE_COLOR: '1', REARGUARD_DEBUG: '1', ...outcome.env };
      const { code, stdout } = await cli(['check', '--json', '--verbose', ...(outcome.args ?? [])], {
        cwd,
        env,
      });
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
      expect(stdout).not.toContain('\u001B');
      const report = JSON.parse(stdout) as { status: string; error?: { code: string } };
      expect(violations(report)).toEqual([]);
      const { status, error } = outcome;
      expect({ code, status: report.status, error: report.error?.code }).toEqual({
        code: outcome.code,
        status,
        error,
      });
    });
  });
});

describe('every other command', () => {
  const CALLS: readonly (readonly string[])[] = [
    ['findings'],
    ['findings', 'show', 'health-00000000'],
    ['findings', 'mute', 'health-00000000', '--reason', 'x'],
    ['verify', 'health-00000000'],
    ['deploy', 'mark', '--release', 'v1'],
    ['config', 'print'],
    ['schema'],
    ['schema', 'finding'],
    ['doctor'],
    ['tools'],
    ['completion', 'bash'],
    ['demo', '--list'],
    ['health', 'status'],
    ['health', 'baseline'],
    ['health', 'performance-report'],
    ['health', 'post-deploy-check'],
    ['load', 'before-after', '--baseline', 'baseline.json', '--users', '2', '--duration', '5s'],
  ];
  it.each(CALLS.map((args) => [args]))('%j prints one valid envelope too', async (args) => {
    await inFolder({ [CONFIG]: configFor(backend.url, ['/ok']) }, async (cwd) => {
      const { stdout } = await cli([...args, '--json'], { cwd, env: { FORCE_COLOR: '1' } });
      const report: unknown = JSON.parse(stdout);
      expect(violations(report)).toEqual([]);
      expect(stdout).not.toContain('\u001B');
    });
  });

  it.each([
    ['api-health-monitor', 'status'],
    ['load-tester', 'run', '--users', '2', '--duration', '2s', '--no-calm'],
    ['load-tester', 'quick-test', '--users', '4', '--duration', '2s'],
  ])('%s %s has data that is valid against the schema of its own', async (tool, command, ...more) => {
    await inFolder({ [CONFIG]: configFor(backend.url, ['/ok']) }, async (cwd) => {
      const ajv = new Ajv2020({ strict: false });
      formats.default(ajv);
      const schema = JSON.parse(
        await readFile(path.join(ROOT, 'schema', `${tool}.${command}.json`), 'utf8'),
      ) as object;
      const { stdout } = await cli([tool, command, ...more, '--json'], { cwd });
      const report = JSON.parse(stdout) as { data: unknown };
      expect(violations(report)).toEqual([]);
      ajv.validate(schema, report.data);
      expect(ajv.errors ?? []).toEqual([]);
    });
  });
});
