import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import type { RunResult } from '../envelope.ts';
import { newTool } from './new-tool.ts';
import { type ToolNewData, toolNewDataSchema } from './new-tool-data.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
  await shop.configure({ plugins: [], tools: {} });
});
afterEach(() => shop.close());

const RESERVED = ['check', 'queue'];

async function create(name: string): Promise<RunResult> {
  return newTool(await shop.open(), { name, reserved: RESERVED, signal: NEVER });
}

function actionsOf({ report }: RunResult): Set<ToolNewData['files'][number]['action']> {
  return new Set(toolNewDataSchema.parse(report.data).files.map(({ action }) => action));
}

async function everything(): Promise<[path: string, text: string, changedAtMs: number][]> {
  const folder = join(shop.folder, 'ai-agents');
  const paths = (await readdir(folder, { recursive: true })).map((path) => join(folder, path)).toSorted();
  const files = await Promise.all(paths.map(async (path) => ((await stat(path)).isFile() ? [path] : [])));
  return Promise.all(
    files
      .flat()
      .map(async (path) => [path, await readFile(path, 'utf8'), (await stat(path)).mtimeMs] as const),
  ) as Promise<[string, string, number][]>;
}

describe('tool new', () => {
  it('writes a tool that is found, measures, keeps, analyses and advises', async () => {
    const made = await create('queue-watch');
    expect(made.exitCode).toBe(0);
    expect(made.report.data).toMatchObject({ tool: 'queue-watch', alias: 'qw' });
    expect(JSON.stringify(await everything())).not.toMatch(/tool[-_]name|tool-alias/);

    await shop.configure({ plugins: [], tools: { 'queue-watch': { paths: ['/ok'], maxP95Ms: 0.001 } } });
    const runtime = await shop.open();
    const run = (command: string): Promise<RunResult> =>
      runtime.run({ tool: 'queue-watch', command, input: {}, signal: NEVER });
    const { report } = await run('monitor');
    expect(report).toMatchObject({
      status: 'fail',
      findings: [{ rule: 'queue-watch/slow-path', state: 'new' }],
    });
    expect((await run('analyze')).report.summary).toBe('1 paths over 2 days.');
    expect((await run('insights')).report.insights).toMatchObject([{ action: 'Make shop /ok faster' }]);
  });

  it('changes nothing the second time, and never what somebody wrote', async () => {
    await create('queue-watch');
    const folder = join(shop.folder, 'ai-agents/backend/tools');
    await writeFile(join(folder, 'queue-watch/options.ts'), '// mine\n');
    await rm(join(folder, 'queue-watch/README.md'));
    const before = await everything();
    const again = await create('queue-watch');
    expect(again.exitCode).toBe(0);
    expect(actionsOf(again)).toEqual(new Set(['keep']));
    expect(await everything()).toEqual(before);

    await writeFile(join(folder, 'queue-watch.js'), 'mine();\n');
    const third = await create('queue-watch');
    expect(actionsOf(third)).toEqual(new Set(['keep', 'by-hand']));
    expect(await readFile(join(folder, 'queue-watch.js'), 'utf8')).toBe('mine();\n');
  });

  it('keeps files that stood in the folder before there was a tool in it', async () => {
    await create('queue-watch');
    const folder = join(shop.folder, 'ai-agents/backend/tools/queue-watch');
    await rm(join(folder, 'index.ts'));
    await writeFile(join(folder, 'rules.ts'), '// mine\n');
    expect(actionsOf(await create('queue-watch'))).toEqual(new Set(['create', 'keep']));
    expect(await readFile(join(folder, 'rules.ts'), 'utf8')).toBe('// mine\n');
  });

  it('loses nothing when two write the same tool at once', async () => {
    const [one, two] = await Promise.all([create('queue-watch'), create('queue-watch')]);
    expect([one.exitCode, two.exitCode]).toEqual([0, 0]);
    expect((await everything()).every(([, text]) => text.length > 0)).toBe(true);
    expect((await shop.open()).catalog.broken).toEqual([]);
  });

  it.each(['My Tool', '../up', 'a/b', '', 'x'.repeat(41), 'health', 'security-scanner', 'check'])(
    'refuses the name %j, and writes nothing',
    async (name) => {
      const { report, exitCode } = await create(name);
      expect([exitCode, report.error?.code]).toEqual([2, 'E_USAGE']);
      await expect(stat(join(shop.folder, 'ai-agents'))).rejects.toThrow('ENOENT');
    },
  );
});
