import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { openTestShop, NEVER, type TestShop } from '../runtime-fixture.ts';
import { runTestFile } from './contract/run-tests.ts';
import { newTool } from './new-tool.ts';
import { toolText } from './own-tool-fixture.ts';
import { testTools } from './test-tools.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
  await shop.configure({ plugins: [], tools: {} });
});
afterEach(() => shop.close());

describe('tests of a tool', () => {
  async function testsOf(text: string, limitMs = 20_000): Promise<string[]> {
    const file = join(shop.folder, 'x.test.ts');
    await writeFile(file, text);
    const results = await runTestFile(file, {
      directory: shop.folder,
      env: process.env,
      signal: NEVER,
      limitMs,
    });
    return results.map(({ name, result, detail }) => `${result} ${name}: ${detail}`);
  }

  it('say each for itself what came of it', async () => {
    const lines = await testsOf(`import { describe, it, test } from 'node:test';
      import assert from 'node:assert/strict';
      const right: number = 1;
      console.log('not a result');
      test('right', () => assert.equal(right, 1));
      describe('group', () => { it('wrong', () => assert.ok(right > 1, 'one is not two')); });
      test('later', { skip: 'not yet' }, () => undefined);`);
    expect(lines).toEqual(['pass right: ', 'fail group: wrong: one is not two', 'skip later: not yet']);
  });

  it.each([
    ['that do not load', "import './nowhere.ts';", /fail the file: .*nowhere/],
    ['that are none', 'export {};', /fail the file: it has no test/],
  ])('tell of files %s', async (_, text, said) => {
    expect((await testsOf(text)).join('\n')).toMatch(said);
  });

  it('cut off files that hang', async () => {
    const lines = await testsOf('for (;;);', 2_000);
    expect(lines).toEqual(['fail the file: did not end within 2 s, and was cut off']);
  });
});

describe('tool test', () => {
  const test = async (name?: string): ReturnType<typeof testTools> => {
    const config = await loadConfig({ cwd: shop.folder, env: {}, required: true });
    return testTools(config, { name, env: process.env, signal: NEVER, onStep: () => undefined });
  };

  it('passes what `tool new` writes, as it is, whatever the settings of the team say', async () => {
    await newTool(await shop.open(), { name: 'queue-watch', reserved: [], signal: NEVER });
    await shop.configure({ plugins: [], tools: { 'queue-watch': { paths: ['/orders'], samples: 1 } } });
    const { status, summary, data } = await test('queue-watch');
    expect(JSON.stringify(data)).not.toContain('"fail"');
    expect([status, summary]).toEqual([
      'pass',
      expect.stringMatching(/^1 tool: \d+ passed, 0 failed, 2 skipped\.$/),
    ]);
  });

  it('fails for one that is broken, and still tests the others', async () => {
    const tools = join(shop.folder, 'ai-agents/backend/tools');
    for (const [name, text] of [
      ['broken', 'export default 1;'],
      ['my-tool', toolText()],
    ] as const) {
      await mkdir(join(tools, name), { recursive: true });
      await writeFile(join(tools, name, 'index.mjs'), text);
    }
    const { status, data, coverage } = await test();
    expect(status).toBe('fail');
    expect(data).toMatchObject({
      tools: [
        { tool: 'broken', contract: [{ name: 'definition', result: 'fail' }] },
        { tool: 'my-tool', tests: [] },
      ],
    });
    expect(coverage?.notChecked.map(({ reason }) => reason)).toContain('my-tool has no tests of its own');
  });

  it('says when there is nothing, or nothing of that name', async () => {
    await expect(test()).rejects.toMatchObject({ code: 'E_NOTHING_TO_CHECK' });
    await newTool(await shop.open(), { name: 'queue-watch', reserved: [], signal: NEVER });
    await expect(test('queue-wach')).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining('queue-watch') as string,
    });
  });
});
