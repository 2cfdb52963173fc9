import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEVER, openTestShop, type TestShop } from './runtime-fixture.ts';
import { startSession } from './sessions/sessions.ts';
import { readStanding, standingDataSchema } from './standing.ts';

let shop: TestShop;

beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

describe('how the backend stands', () => {
  it('is unknown before anything was measured', async () => {
    const { report } = await readStanding(await shop.open());
    expect(report).toMatchObject({ status: 'unknown', findings: [] });
    expect(report.summary).toContain('nothing was measured yet');
  });

  it('is what the store knows: findings, runs, the session, own tools and those that cannot be used', async () => {
    const broken = join(shop.folder, 'ai-agents', 'backend', 'tools', 'broken-tool');
    await mkdir(broken, { recursive: true });
    await writeFile(join(broken, 'index.mjs'), 'throw new Error("not today");');
    const runtime = await shop.open();
    shop.status = 500;
    const { report: run } = await runtime.run({ tool: 'shop', command: 'probe', input: {}, signal: NEVER });
    await startSession(runtime, { title: 'look around' });
    const { report } = await readStanding(runtime);
    const data = standingDataSchema.parse(report.data);
    expect(report.status).toBe('fail');
    expect(report.findings.map(({ title }) => title)).toEqual(['/switch answers 500']);
    expect(data.lastRuns[0]?.runId).toBe(run.runId);
    expect(data.session?.title).toBe('look around');
    expect(data.ownTools.map(({ name }) => name)).toEqual(['shop-guard']);
    expect(report.diagnostics.map(({ message }) => message).join()).toContain('not today');
  });
});
