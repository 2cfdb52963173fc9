import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../core/report.ts';
import { checkDataSchema } from './check-data.ts';
import { type CheckOptions, runCheck } from './check.ts';
import type { RunResult } from './envelope.ts';
import { FIXTURE_TOOL, NEVER, openTestShop, type TestShop } from './runtime-fixture.ts';
import { runVerify, verifyDataSchema } from './verify.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

async function check(options: Partial<CheckOptions> = {}): Promise<RunResult> {
  const result = await runCheck(await shop.open(), { tools: ['shop'], signal: NEVER, ...options });
  expect(reportSchema.safeParse(result.report).error).toBeUndefined();
  return result;
}

async function verify(id: string): Promise<RunResult> {
  const result = await runVerify(await shop.open(), id, { signal: NEVER });
  expect(reportSchema.safeParse(result.report).error).toBeUndefined();
  return result;
}

const states = ({ report }: RunResult): unknown => checkDataSchema.parse(report.data).states;
const NONE = { new: 0, ongoing: 0, regressed: 0, resolved: 0, muted: 0 };

describe('check', () => {
  it('tells new, ongoing, resolved and regressed apart', async () => {
    const healthy = await check();
    expect(healthy).toMatchObject({
      exitCode: 0,
      report: { tool: 'rearguard', command: 'check', status: 'pass' },
    });
    expect(checkDataSchema.parse(healthy.report.data).previousRunAt).toBeNull();

    shop.status = 500;
    const first = await check();
    expect(first.exitCode).toBe(1);
    expect(states(first)).toEqual({ ...NONE, new: 1 });
    expect(checkDataSchema.parse(first.report.data).previousRunAt).toBe(healthy.report.startedAt);
    expect(first.report.summary).toBe('1 open finding over 2 subjects (1 new).');
    const id = first.report.findings[0]?.id ?? '';
    expect(first.report.next).toEqual([`rearguard findings show ${id}`, `rearguard verify ${id}`]);
    expect(first.report.insights).toMatchObject([{ priority: 1 }]);

    expect(states(await check())).toEqual({ ...NONE, ongoing: 1 });
    shop.status = 200;
    const after = await check();
    expect(states(after)).toEqual({ ...NONE, resolved: 1 });
    expect(after.exitCode).toBe(0);
    shop.status = 500;
    expect(states(await check())).toEqual({ ...NONE, regressed: 1 });
  });

  it('ranks what stands, and counts only that', async () => {
    await shop.configure({ tools: { 'shop-guard': { paths: ['/minor', '/switch', '/ok'] } } });
    shop.status = 500;
    const { report } = await check();
    expect(report.findings.map(({ severity }) => severity)).toEqual(['high', 'low']);
    expect(report.counts).toMatchObject({ high: 1, low: 1 });
    expect((await check({ failOn: 'critical' })).exitCode).toBe(0);
  });

  it('runs every tool and names the one that had nothing it could measure', async () => {
    shop.status = 200;
    const { report } = await check({ tools: undefined, budgetMs: 30_000 });
    const { tools } = checkDataSchema.parse(report.data);
    expect(tools.map(({ tool }) => tool)).toEqual([
      'api-health-monitor',
      'dependency-health-checker',
      'database-performance-tracker',
      'query-optimizer',
      'error-analyzer',
      'shop-guard',
    ]);
    expect(tools.at(-1)).toMatchObject({ status: 'pass', command: 'probe', state: 'finished' });
    expect(report.coverage.checked.length).toBeGreaterThanOrEqual(2);
  });

  it('says what did not finish within the budget, and does not pass', async () => {
    await writeFile(
      join(shop.folder, 'slow.ts'),
      `import { defineTool, defineCommand, z } from 'rearguard';
       const input = z.object({});
       export const tool = defineTool({
         name: 'slow-tool', alias: 'slow', summary: 'Waits', whenToUse: 'Never', options: z.object({}), rules: [],
         commands: { wait: defineCommand({
           summary: 'Waits', input, data: z.unknown(), effect: 'read', examples: [],
           run: (ctx) => ctx.clock.sleep(600_000, ctx.signal),
         }) },
         check: 'wait',
       });`,
    );
    await shop.configure({ plugins: ['./slow.ts'], tools: {} });
    const { report, exitCode } = await check({ tools: ['slow'], budgetMs: 50 });
    expect(report.coverage.notChecked).toMatchObject([{ reason: 'slow-tool did not finish within 50 ms' }]);
    expect(report.status).toBe('unknown');
    expect(exitCode).toBe(3);
  });

  it('names a tool that has no safe command, with the command to run instead', async () => {
    await writeFile(
      join(shop.folder, 'storm.ts'),
      `import { defineTool, defineCommand, z } from 'rearguard';
       export const tool = defineTool({
         name: 'storm-tool', alias: 'storm', summary: 'Storms', whenToUse: 'On purpose', options: z.object({}), rules: [],
         commands: { blow: defineCommand({
           summary: 'Blows', input: z.object({}), data: z.unknown(), effect: 'traffic', examples: [],
           run: () => { throw new Error('must not run'); },
         }) },
       });`,
    );
    await shop.configure({ plugins: [FIXTURE_TOOL, './storm.ts'] });
    shop.status = 200;
    const { report } = await check({ tools: ['shop', 'storm'] });
    expect(report.status).toBe('pass');
    expect(report.coverage.notChecked).toEqual([
      {
        reason: 'storm-tool is not part of a check: none of its commands is safe to run unasked',
        hint: 'Run it by itself: rearguard storm-tool blow',
      },
    ]);
    expect(await check({ tools: ['storm'] })).toMatchObject({ exitCode: 3, report: { status: 'unknown' } });
  });

  it('interrupted, says so in the same envelope', async () => {
    const { report, exitCode } = await check({ signal: AbortSignal.abort() });
    expect(exitCode).toBe(130);
    expect(report.error?.code).toBe('E_INTERRUPTED');
    expect(report.coverage.notChecked).toHaveLength(1);
  });

  it('passes on why nothing could be checked', async () => {
    await shop.configure({ tools: { 'shop-guard': { paths: 'all' } } });
    expect(await check()).toMatchObject({ exitCode: 2, report: { error: { code: 'E_CONFIG_INVALID' } } });
    expect(await check({ tools: ['shpo'] })).toMatchObject({
      exitCode: 2,
      report: { error: { code: 'E_USAGE' } },
    });
  });

  it('shows what it measured when the store cannot be used', async () => {
    shop.status = 500;
    await rm(join(shop.folder, '.rearguard'), { recursive: true, force: true });
    await writeFile(join(shop.folder, '.rearguard'), 'in the way');
    const { report, exitCode } = await check();
    expect(exitCode).toBe(3);
    expect(report.error?.code).toMatch(/^E_STORE_/);
    expect(report.findings).toHaveLength(1);
  });
});

describe('verify', () => {
  it('is 1 while the finding stands, 0 once it is gone, 3 when that cannot be told', async () => {
    shop.status = 500;
    const id = (await check()).report.findings[0]?.id ?? '';

    shop.status = 418;
    const standing = await verify(id);
    expect(standing.exitCode).toBe(1);
    expect(verifyDataSchema.parse(standing.report.data)).toMatchObject({
      verdict: 'stands',
      before: { evidence: [{ value: 500 }] },
      after: { evidence: [{ value: 418 }] },
    });

    shop.status = 200;
    const gone = await verify(id);
    expect(gone.exitCode).toBe(0);
    expect(gone.report.findings).toMatchObject([{ id, state: 'resolved' }]);
    expect(verifyDataSchema.parse(gone.report.data).verdict).toBe('gone');

    await shop.configure({ targets: { shop: { baseUrl: 'http://127.0.0.1:1' } } });
    const unclear = await verify(id);
    expect(unclear.exitCode).toBe(3);
    expect(verifyDataSchema.parse(unclear.report.data)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'it did not answer',
    });
  });

  it('stands for a low finding too, whatever fails a run', async () => {
    await shop.configure({ tools: { 'shop-guard': { paths: ['/minor'] } } });
    shop.status = 500;
    const found = await check();
    expect(found.exitCode).toBe(0);
    expect((await verify(found.report.findings[0]?.id ?? '')).exitCode).toBe(1);
  });

  it('takes the beginning of an id, and names the nearest of an unknown one', async () => {
    shop.status = 500;
    const id = (await check()).report.findings[0]?.id ?? '';
    expect((await verify(id.slice(0, 9))).exitCode).toBe(1);
    const typo = `${id.slice(0, -2)}${id.at(-1) ?? ''}${id.at(-2) ?? ''}`;
    const wrong = await verify(`${typo}0`);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.report.error?.message).toContain(id);
  });
});

describe('check of a tool that is yet to come', () => {
  it('checks the others and says in coverage what was not', async () => {
    const { report, exitCode } = await check({ tools: ['shop', 'security'] });
    expect(exitCode).toBe(3);
    expect(report.status).toBe('unknown');
    expect(report.coverage.checked).not.toEqual([]);
    expect(report.coverage.notChecked.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('security-scanner is not part of this version'),
    );
  });

  it('is E_TOOL_NOT_BUILT when nothing else was asked for', async () => {
    const { report, exitCode } = await check({ tools: ['security-scanner', 'contract'] });
    expect(exitCode).toBe(3);
    expect(report.error?.code).toBe('E_TOOL_NOT_BUILT');
  });
});
