import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestShop, NEVER, type TestShop } from '../../runtime-fixture.ts';
import { toolText, WAITING } from '../own-tool-fixture.ts';
import { runContract } from './run-contract.ts';
import type { CheckResult } from './types.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
  await shop.configure({ plugins: [], tools: {} });
});
afterEach(() => shop.close());

async function contractOf(text: string, silenceMs = 20_000): Promise<CheckResult[]> {
  const folder = join(shop.folder, 'ai-agents/backend/tools/my-tool');
  const module = join(folder, 'index.mjs');
  await mkdir(folder, { recursive: true });
  await writeFile(module, text);
  const request = { module, folder: 'my-tool', configPath: join(shop.folder, 'rearguard.config.json') };
  return runContract(request, { cwd: shop.folder, env: process.env, signal: NEVER, silenceMs });
}

const failed = (results: readonly CheckResult[]): string[] =>
  results.filter(({ result }) => result === 'fail').map(({ name, detail }) => `${name}: ${detail}`);

describe('the contract', () => {
  it('is kept by a tool that measures, ends when told to, and says what it judged', async () => {
    const results = await contractOf(toolText());
    expect(failed(results)).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual([
      'definition',
      'every option is described',
      'rules say what, why and when not',
      'examples parse',
      'help stays short',
      'look: report',
      'look: findings have rules and coverage',
      'look: findings keep their ids',
      'look: findings are verified by their check',
      'look: ends when told to',
      'nothing on stdout',
    ]);
  });

  it('is kept by the example', async () => {
    const module = fileURLToPath(new URL('../../../../examples/auth-flow-tracer/index.ts', import.meta.url));
    const configPath = join(shop.folder, 'rearguard.config.json');
    const request = { module, folder: 'auth-flow-tracer', configPath };
    const results = await runContract(request, { cwd: shop.folder, env: process.env, signal: NEVER });
    expect(failed(results)).toEqual([]);
    expect(results.at(-1)?.name).toBe('nothing on stdout');
  });

  it.each([
    [
      'an option without a description',
      { input: '{ path: z.string().optional() }' },
      /described: look\.path/,
    ],
    ['text on stdout', { body: `console.log('hello'); ${WAITING}` }, /stdout: \d+ bytes/],
    ['a count in an identity', { name: 'a ${count}' }, /keep their ids: mine-.* became mine-/],
    ['a finding that no coverage tells of', { covered: '' }, /coverage does not say/],
    ['a command that throws', { body: "throw new Error('boom');" }, /look: report: E_INTERNAL: .*boom/],
    [
      'a command that goes on when told to end',
      { body: WAITING.replace('ctx.signal', 'new AbortController().signal').replace('60000', '8000') },
      /ends when told to: 5 s after/,
    ],
    ['an end of its process', { top: 'process.exit(7);' }, /definition: .*it calls process\.exit\(7\)/],
    [
      'an end of its process behind our back',
      { top: 'process.reallyExit(7);' },
      /definition: it ended its process with exit code 7/,
    ],
  ])('is broken by %s', async (_, change, said) => {
    expect(failed(await contractOf(toolText(change))).join('\n')).toMatch(said);
  });

  it('names the check that a loop never came back from', async () => {
    const results = await contractOf(toolText({ body: 'for (;;);' }), 4_000);
    expect(failed(results)).toEqual([expect.stringMatching(/^look: report: .* was cut off$/)]);
    expect(results[0]).toMatchObject({ name: 'definition', result: 'pass' });
  });
});
