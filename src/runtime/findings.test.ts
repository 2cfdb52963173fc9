import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../core/report.ts';
import { deployMarkDataSchema, markDeploy } from './deploy.ts';
import type { RunResult } from './envelope.ts';
import { listFindings, muteFinding, showFinding, unmuteFinding } from './findings.ts';
import type { Runtime } from './runtime.ts';
import { NEVER, openTestShop, SECRET, type TestShop } from './runtime-fixture.ts';
import { OWN_DATA_SCHEMAS } from './schemas.ts';

let shop: TestShop;
let runtime: Runtime;
beforeEach(async () => {
  shop = await openTestShop();
  shop.status = 500;
  const paths = ['/minor', ...Array.from({ length: 24 }, (_, index) => `/broken/${index}`)];
  await shop.configure({ tools: { 'shop-guard': { paths } } });
  runtime = await shop.open();
  await runtime.run({ tool: 'shop', command: 'probe', input: {}, signal: NEVER });
});
afterEach(() => shop.close());

async function checked(result: Promise<RunResult>): Promise<RunResult> {
  const { report } = await result;
  expect(reportSchema.safeParse(report).error).toBeUndefined();
  const fits = OWN_DATA_SCHEMAS[report.command]?.safeParse(report.data).success;
  expect(fits).toBe(report.error === undefined);
  return result;
}

describe('findings list', () => {
  it('visits every finding once, worst first, page by page', async () => {
    const ids: string[] = [];
    const severities: string[] = [];
    let cursor: string | undefined;
    do {
      const { report, exitCode } = await checked(listFindings(runtime, { limit: 7, cursor }));
      expect(exitCode).toBe(0);
      expect(report.page?.total).toBe(25);
      ids.push(...report.findings.map(({ id }) => id));
      severities.push(...report.findings.map(({ severity }) => severity));
      cursor = report.page?.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
    expect(severities.at(-1)).toBe('low');
  });

  it('filters', async () => {
    const total = async (filter: Parameters<typeof listFindings>[1]): Promise<number | undefined> =>
      (await checked(listFindings(runtime, filter))).report.page?.total;
    expect(await total({ severity: 'high' })).toBe(24);
    expect(await total({ subject: 'MINOR' })).toBe(1);
    expect(await total({ rule: 'shop-guard/not-ok' })).toBe(25);
    expect(await total({ tools: ['health'] })).toBe(0);
    expect(await total({ states: ['resolved'] })).toBe(0);
  });

  it('refuses a cursor that is none, and a tool nobody knows', async () => {
    expect((await checked(listFindings(runtime, { cursor: 'x' }))).exitCode).toBe(2);
    expect((await checked(listFindings(runtime, { tools: ['shpo'] }))).exitCode).toBe(2);
    expect((await checked(listFindings(runtime, { limit: 0 }))).exitCode).toBe(2);
  });
});

describe('muting', () => {
  it('keeps a finding out of the count until it is unmuted', async () => {
    const id = (await listFindings(runtime, { subject: '/broken/3' })).report.findings[0]?.id ?? '';
    const muted = await checked(muteFinding(runtime, id, { reason: `known, key ${SECRET}` }));
    expect(muted.report.findings).toMatchObject([{ id, state: 'muted' }]);
    expect((await listFindings(runtime)).report.page?.total).toBe(24);
    expect((await listFindings(runtime, { states: ['muted'] })).report.page?.total).toBe(1);
    const shown = await checked(showFinding(runtime, id));
    expect(shown.report.data).toMatchObject({ mute: { until: null } });
    expect((await checked(unmuteFinding(runtime, id))).report.findings).toMatchObject([{ id, state: 'new' }]);
    expect((await listFindings(runtime)).report.page?.total).toBe(25);
  });

  it('knows how long, and what it does not know', async () => {
    const id = (await listFindings(runtime)).report.findings[0]?.id ?? '';
    const before = runtime.clock.wallMs();
    const { report } = await checked(muteFinding(runtime, id, { reason: 'later', forMs: 60_000 }));
    const { until } = report.data as { until: string };
    expect(Date.parse(until)).toBeGreaterThanOrEqual(before + 60_000);
    expect((await checked(muteFinding(runtime, 'shop-ffffffff', { reason: 'x' }))).exitCode).toBe(2);
    expect((await checked(showFinding(runtime, 'nothing'))).report.error?.code).toBe('E_FINDING_UNKNOWN');
  });
});

describe('deploy mark', () => {
  it('records the release', async () => {
    const { report, exitCode } = await checked(
      markDeploy(runtime, { release: 'v1.4.2', target: 'shop', atMs: 1_000 }),
    );
    expect(exitCode).toBe(0);
    const { event } = deployMarkDataSchema.parse(report.data);
    expect(event).toMatchObject({ kind: 'deploy', release: 'v1.4.2', target: 'shop', atMs: 1_000 });
    expect(runtime.openStore().events.list({ fromMs: 0, toMs: 2_000 }, ['deploy'])).toEqual([event]);
  });

  it('does without a repository, and refuses a target nobody knows', async () => {
    const unnamed = await checked(markDeploy(runtime));
    expect(deployMarkDataSchema.parse(unnamed.report.data).event.release).toBeUndefined();
    const wrong = await checked(markDeploy(runtime, { target: 'shpo' }));
    expect(wrong.report.error?.message).toContain('Did you mean `shop`?');
  });

  it('asks git', async () => {
    const { processes } = await runtime.world();
    const git = (...argv: string[]) =>
      processes.run(['git', ...argv], { timeoutMs: 20_000, cwd: shop.folder });
    await git('init', '-q');
    await git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '--allow-empty', '-m', 'first');
    await git('tag', 'v9.1');
    const { report } = await checked(markDeploy(runtime));
    expect(deployMarkDataSchema.parse(report.data).event.release).toBe('v9.1');
  });
});
