import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../core/report.ts';
import type { LiveView } from '../tools/define.ts';
import type { RunResult } from './envelope.ts';
import type { RunRequest } from './prepare.ts';
import type { RuntimeOptions } from './runtime.ts';
import { NEVER, openTestShop, SECRET, type TestShop } from './runtime-fixture.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

async function run(
  command: string,
  request: Partial<RunRequest> = {},
  options: Partial<RuntimeOptions> = {},
): Promise<RunResult> {
  const runtime = await shop.open(options);
  const result = await runtime.run({ tool: 'shop', command, input: {}, signal: NEVER, ...request });
  expect(reportSchema.safeParse(result.report).error).toBeUndefined();
  return result;
}

describe('a run', () => {
  it('takes no flood of findings from a tool of the user, and stores none of it', async () => {
    const { report } = await run('flood');
    expect(report.error?.code).toBe('E_TOOL_CUT_OFF');
    const runtime = await shop.open();
    expect(runtime.openStore().findings.list()).toEqual([]);
  });

  it('passes when everything it checked is well', async () => {
    const { report, exitCode, rules } = await run('probe');
    expect(report).toMatchObject({
      tool: 'shop-guard',
      command: 'probe',
      status: 'pass',
      summary: '0 of 2 endpoints failed.',
      data: { statuses: { '/ok': 200, '/switch': 200 } },
    });
    expect(exitCode).toBe(0);
    expect(rules.map(({ id }) => id)).toEqual(['shop-guard/not-ok']);
  });

  it('fails with findings at the threshold, each with identity, state and verify command', async () => {
    shop.status = 500;
    const { report, exitCode } = await run('probe');
    expect(report.status).toBe('fail');
    expect(exitCode).toBe(1);
    expect(report.counts.high).toBe(1);
    const [finding] = report.findings;
    expect(finding?.id).toMatch(/^shop-[0-9a-f]{8}$/);
    expect(finding).toMatchObject({
      state: 'new',
      verify: {
        argv: ['rearguard', 'verify', finding?.id],
        check: { tool: 'shop-guard', command: 'probe', input: { path: '/switch' } },
      },
    });
    const lenient = await run('probe', { failOn: 'critical' });
    expect(lenient.exitCode).toBe(0);
    expect(lenient.report.findings[0]?.state).toBe('ongoing');
  });

  it('does not know when nothing was checked', async () => {
    const { report, exitCode } = await run('idle');
    expect(report.status).toBe('unknown');
    expect(exitCode).toBe(3);
  });

  it('is stored, with what it found and sampled', async () => {
    shop.status = 503;
    const { report } = await run('probe');
    const runtime = await shop.open();
    const store = runtime.openStore();
    expect(store.runs.get(report.runId)).toEqual(report);
    expect(store.findings.list().map(({ id }) => id)).toEqual(report.findings.map(({ id }) => id));
    expect(store.samples.series('shop.duration')).toHaveLength(2);
  });
});

describe('a failure has the same envelope', () => {
  it.each([
    ['no such tool', { tool: 'shpo' }, 'E_USAGE', 2, 'Did you mean `shop`?'],
    ['no such command', { command: 'prob' }, 'E_USAGE', 2, 'Did you mean `probe`?'],
    ['unknown input', { input: { pth: '/ok' } }, 'E_USAGE', 2, 'pth: unknown key. Did you mean `path`?'],
    ['wrong input', { input: { path: 7 } }, 'E_USAGE', 2, 'path: expected string'],
    ['a defect', { command: 'crash' }, 'E_INTERNAL', 3, 'boom'],
    ['a report of a wrong shape', { command: 'wrong' }, 'E_PLUGIN_INVALID', 2, 'evidence'],
    ['a deadline', { command: 'hang', timeoutMs: 20 }, 'E_TIMEOUT', 3, 'longer than 20 ms'],
    [
      'an interruption',
      { command: 'hang', signal: AbortSignal.abort() },
      'E_INTERRUPTED',
      130,
      'Interrupted',
    ],
  ] as const)('%s', async (_, request, code, exitCode, message) => {
    const result = await run('probe', request);
    expect(result.report).toMatchObject({ status: 'unknown', data: null, error: { code } });
    expect(result.report.error?.message).toContain(message);
    expect(result.exitCode).toBe(exitCode);
    expect(JSON.stringify(result.report)).not.toContain(SECRET);
  });

  it('a wrong section names its place', async () => {
    await shop.configure({ tools: { 'shop-guard': { pahts: [] } } });
    const { report, exitCode } = await run('probe');
    expect(exitCode).toBe(2);
    expect(report.error).toMatchObject({
      code: 'E_CONFIG_INVALID',
      message: expect.stringMatching(
        /1:\d+ tools\.shop-guard\.pahts: unknown key\. Did you mean `paths`\?/,
      ) as string,
    });
  });

  it('a secret that is not there', async () => {
    const { report, exitCode } = await run('probe', {}, { env: {} });
    expect(report.error?.code).toBe('E_SECRET_MISSING');
    expect(exitCode).toBe(2);
  });

  it('leaves nothing half-stored behind', async () => {
    await run('wrong');
    const runtime = await shop.open();
    expect(runtime.openStore().findings.list()).toEqual([]);
    expect(runtime.openStore().runs.latest('shop-guard')).toBeUndefined();
  });
});

describe('targets that cannot be used', () => {
  const db = { database: { $env: 'NO_SUCH_URL' } };

  it('are a gap that keeps a run from passing', async () => {
    await shop.configure({ targets: { shop: { baseUrl: shop.url }, db } });
    const { report, exitCode } = await run('probe');
    expect(report.coverage.notChecked).toMatchObject([{ subject: { kind: 'target', name: 'db' } }]);
    expect(report.status).toBe('unknown');
    expect(exitCode).toBe(3);
    expect((await run('probe', { input: { target: 'shop' } })).exitCode).toBe(0);
  });

  it('are an error when there is no other', async () => {
    await shop.configure({ targets: { db } });
    const { report, exitCode } = await run('probe');
    expect(report.error?.code).toBe('E_SECRET_MISSING');
    expect(exitCode).toBe(2);
  });
});

describe('secrets', () => {
  it('appear in no report, view, log line or byte of the store', async () => {
    const lines: string[] = [];
    const log = (message: string): void => void lines.push(message);
    const { report } = await run('leak', {}, { log: { debug: log, info: log, warn: log } });
    expect(report.findings).toHaveLength(1);
    const stop = new AbortController();
    const views: unknown[] = [];
    await run('live', {
      signal: stop.signal,
      onView: (view) => {
        views.push(view.sections(), view.changes);
        stop.abort();
      },
    });
    expect(lines).toHaveLength(1);
    expect(views).not.toHaveLength(0);
    expect(JSON.stringify([report, views, lines])).not.toContain(SECRET);
    await shop.open().then((runtime) => runtime.close());
    const folder = join(shop.folder, '.rearguard');
    // What its source was compiled to says what the source says.
    for (const name of (await readdir(folder)).filter((entry) => entry !== 'compiled')) {
      expect((await readFile(join(folder, name))).includes(SECRET)).toBe(false);
    }
  });
});

describe('a live command', () => {
  it('shows views and, interrupted, still returns its summary', async () => {
    const stop = new AbortController();
    const views: LiveView[] = [];
    const { report, exitCode } = await run('live', {
      signal: stop.signal,
      onView: (view) => {
        views.push(view);
        if (views.length === 3) stop.abort();
      },
    });
    expect(views.map((view) => view.changes[0]?.data)).toEqual([{ tick: 1 }, { tick: 2 }, { tick: 3 }]);
    expect(report).toMatchObject({ status: 'pass', summary: '0 of 2 endpoints failed.' });
    expect(report.error).toBeUndefined();
    expect(exitCode).toBe(0);
  });

  it('ends at its deadline as if interrupted', async () => {
    const { report } = await run('live', { timeoutMs: 30 });
    expect(report.summary).toBe('0 of 2 endpoints failed.');
  });
});

describe('a store that cannot be used', () => {
  it('costs the exit code, not the report', async () => {
    shop.status = 500;
    await rm(join(shop.folder, '.rearguard'), { recursive: true, force: true });
    await writeFile(join(shop.folder, '.rearguard'), 'a file where the folder should be');
    const { report, exitCode } = await run('probe');
    expect(report.error?.code).toMatch(/^E_STORE_/);
    expect(exitCode).toBe(3);
    expect(report.status).toBe('fail');
    expect(report.findings).toMatchObject([{ state: 'new', subject: { name: '/switch' } }]);
    expect(report.data).toEqual({ statuses: { '/ok': 200, '/switch': 500 } });
  });

  it('is said of one that is no database', async () => {
    await mkdir(join(shop.folder, '.rearguard'), { recursive: true });
    await writeFile(
      join(shop.folder, '.rearguard', 'store.db'),
      'this is no database, and it is long enough to see'.repeat(40),
    );
    const { report, exitCode } = await run('probe');
    expect(report.error?.code).toBe('E_STORE_CORRUPT');
    expect(report.status).toBe('unknown');
    expect(exitCode).toBe(3);
  });
});
