import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../envelope.ts';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { allWorkflows } from './find.ts';
import type { WorkflowData } from './data.ts';
import { runWorkflowNamed } from './run.ts';

let shop: TestShop;

beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

async function run(
  workflows: Readonly<Record<string, unknown>>,
  name: string,
  more: Partial<Parameters<typeof runWorkflowNamed>[2]> = {},
): Promise<RunResult & { data: WorkflowData }> {
  await shop.configure({ workflows });
  const runtime = await shop.open();
  const result = await runWorkflowNamed(runtime, name, { signal: NEVER, ...more });
  return { ...result, data: result.report.data as WorkflowData };
}

const steps = (...lines: unknown[]): object => ({ summary: 'A test', steps: lines });

describe('a workflow', () => {
  it('is one report over its steps, and knows what changed since its last run', async () => {
    const mine = { mine: steps('shop-guard probe', 'shop-guard idle') };
    shop.status = 500;
    const first = await run(mine, 'mine');
    expect(first.report).toMatchObject({ command: 'run mine', status: 'fail' });
    expect(first.data.since).toBeNull();
    expect(first.data.steps.map(({ name, status }) => [name, status])).toEqual([
      ['shop-guard probe', 'fail'],
      ['shop-guard idle', 'unknown'],
    ]);
    shop.status = 200;
    const second = await run(mine, 'mine');
    expect(second.data.since).toMatchObject({ appeared: [], gone: [first.report.findings[0]?.id] });
    expect(JSON.stringify(second.report.sections)).toContain('gone: /switch answers 500');
  });

  it('calls nothing gone that nobody looked at', async () => {
    shop.status = 500;
    const first = await run({ mine: steps('shop-guard probe') }, 'mine');
    const second = await run({ mine: steps('shop-guard crash') }, 'mine');
    expect(second.data.since).toMatchObject({
      gone: [],
      notLookedAt: [first.report.findings[0]?.id],
    });
    expect(JSON.stringify(second.report.sections)).toContain('not looked at');
  });

  it('goes on after a step that throws, and leaves out what makes no sense after one', async () => {
    const { data, report } = await run(
      {
        mine: steps(
          { run: 'shop-guard crash' },
          { run: 'shop-guard probe --path /none', onFailure: 'stop' },
          'shop-guard idle',
        ),
      },
      'mine',
    );
    expect(data.steps.map(({ name, error }) => [name, error?.code])).toEqual([
      ['shop-guard crash', 'E_INTERNAL'],
      ['shop-guard probe --path /none', undefined],
    ]);
    expect(data.leftOut.map(({ name }) => name)).toEqual(['shop-guard idle']);
    expect(report.coverage.notChecked.map(({ reason }) => reason).join()).toContain(
      'shop-guard idle was left out',
    );
  });

  it('cuts off what hangs at its own limit, and tells how far it is', async () => {
    const told: string[] = [];
    const { data } = await run(
      { mine: steps({ together: [{ run: 'shop-guard hang', timeout: '300ms' }, 'shop-guard probe'] }) },
      'mine',
      { onStep: ({ name, state, done, total }) => told.push(`${name} ${state} ${done}/${total}`) },
    );
    expect(data.steps.map(({ name, state }) => [name, state])).toEqual([
      ['shop-guard hang', 'late'],
      ['shop-guard probe', 'finished'],
    ]);
    expect(told.at(-1)).toBe('shop-guard probe finished 2/2');
  });

  it('says of tools that are yet to come that they are, and that nothing was checked', async () => {
    const { report, exitCode, data } = await run({}, 'pre-deploy');
    expect(exitCode).toBe(3);
    expect(data.steps.map(({ error }) => error?.code)).toEqual(Array(3).fill('E_TOOL_NOT_BUILT'));
    expect(report.coverage.notChecked).toHaveLength(3);
  });

  it('passes over them where other steps were checked', async () => {
    const { report } = await run({ mine: steps('security-scanner scan', 'shop-guard probe') }, 'mine');
    expect(report).toMatchObject({ status: 'pass', diagnostics: [] });
  });

  it('leaves out a comparison that has nothing to compare with', async () => {
    await shop.configure();
    const optimize = allWorkflows({}).find(({ name }) => name === 'optimize');
    const compare = optimize?.groups.at(-1)?.[0];
    expect(compare).toMatchObject({
      run: 'load-tester before-after --baseline=baseline.json',
      needsFile: 'baseline.json',
    });
    const { data } = await run({}, 'optimize');
    expect(data.leftOut).toEqual([
      { name: compare?.run, reason: 'there is no baseline.json to compare with' },
    ]);
  });

  it.each([
    ['a name nobody knows', {}, 'daly', 'E_WORKFLOW_UNKNOWN', 'daily'],
    ['a line nobody understands', { mine: steps('shop-guard prbe') }, 'mine', 'E_USAGE', 'probe'],
  ])('refuses %s before it runs anything', async (_title, workflows, name, code, words) => {
    const { report } = await run(workflows, name);
    expect(report.error?.code).toBe(code);
    expect(`${report.error?.message} ${report.error?.hint}`).toContain(words);
  });

  it('is refused by the config with the place of the mistake', async () => {
    await writeFile(
      join(shop.folder, 'rearguard.config.json'),
      JSON.stringify({ workflows: { mine: { summary: 's', steps: [{ run: 'x', onFailure: 'panic' }] } } }),
    );
    await expect(shop.open()).rejects.toMatchObject({ code: 'E_CONFIG_INVALID' });
  });
});
