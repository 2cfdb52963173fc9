import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIXTURE_TOOL, openTestShop, type TestShop } from './runtime-fixture.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await openTestShop();
});
afterEach(() => shop.close());

const TOOL = `{
  name: 'my-tool', alias: 'mine', summary: 'Mine', whenToUse: 'Always', options: z.object({}), rules: [],
  commands: { look: defineCommand({ summary: 'Look', input: z.object({}), data: z.null(), effect: 'read', examples: [],
    run: async () => ({ summary: 'seen', findings: [], sections: [], data: null,
      coverage: { checked: [{ subject: { kind: 'file', name: 'a' }, rules: [] }], notChecked: [] } }) }) },
  check: 'look',
}`;

async function withTool(change = (tool: string) => tool) {
  const text = `import { defineCommand, defineTool, z } from 'rearguard';\nexport default defineTool(${change(TOOL)});`;
  await writeFile(join(shop.folder, 'my-tool.mjs'), text);
  await shop.configure({ plugins: ['./my-tool.mjs'], tools: {} });
  return shop.open();
}

describe('a tool of the user', () => {
  it('is in the catalogue with its origin, and runs as any other', async () => {
    const runtime = await withTool();
    expect(runtime.catalog.tools.at(-1)).toMatchObject({
      name: 'my-tool',
      commands: [{ name: 'look', summary: 'Look' }],
      origin: join(shop.folder, 'my-tool.mjs'),
    });
    const signal = new AbortController().signal;
    const { exitCode } = await runtime.run({ tool: 'mine', command: 'look', input: {}, signal });
    expect(exitCode).toBe(0);
  });

  it('may stand in the config itself', async () => {
    const config = `import { defineCommand, defineTool, z } from 'rearguard';\nexport default { plugins: [defineTool(${TOOL})] };`;
    const path = join(shop.folder, 'own.config.mts');
    await writeFile(path, config);
    const { catalog, config: loaded } = await shop.open({ configPath: path });
    expect(catalog.find('mine').origin).toBe(`plugins[0] of ${path}`);
    expect(loaded.entries).toContainEqual({
      path: 'plugins[0]',
      value: 'tool my-tool',
      origin: { kind: 'file', path },
    });
  });

  it.each([
    [
      'a name that is taken',
      (tool: string) => tool.replace('my-tool', 'api-health-monitor'),
      'taken by api-health-monitor',
    ],
    [
      'a name that is not kebab-case',
      (tool: string) => tool.replace('my-tool', 'My Tool'),
      'name: must be kebab-case',
    ],
    [
      'options of no schema',
      (tool: string) => tool.replace('options: z.object({})', 'options: {}'),
      'options: must be a schema',
    ],
    [
      'an input that is no object',
      (tool: string) => tool.replace('input: z.object({})', 'input: z.string()'),
      'input: must be an object schema',
    ],
    [
      'options that must be given',
      (tool: string) => tool.replace('options: z.object({})', 'options: z.object({ a: z.string() })'),
      'accept {}',
    ],
    [
      'a check that is no command',
      (tool: string) => tool.replace("check: 'look'", "check: 'see'"),
      'none of its commands',
    ],
    ['a syntax error', (tool: string) => `${tool} + + )`, 'cannot be used'],
  ])('is refused with %s', async (_, change, reason) => {
    await expect(withTool(change)).rejects.toMatchObject({
      code: 'E_PLUGIN_INVALID',
      exitCode: 2,
      message: expect.stringContaining(reason) as string,
    });
  });

  it('is refused when it is not there', async () => {
    await shop.configure({ plugins: ['./nowhere.mjs'] });
    await expect(shop.open()).rejects.toMatchObject({ code: 'E_PLUGIN_INVALID' });
    await shop.configure({ plugins: ['no-such-package'] });
    await expect(shop.open()).rejects.toMatchObject({ code: 'E_PLUGIN_INVALID' });
  });
});

describe('a section of no tool', () => {
  it.each([
    ['shop-gaurd', 'Did you mean `shop-guard`?'],
    ['health', 'Did you mean `api-health-monitor`?'],
  ])('%s: is an error with the nearest name', async (section, hint) => {
    await shop.configure({ plugins: [FIXTURE_TOOL], tools: { [section]: {} } });
    await expect(shop.open()).rejects.toMatchObject({
      code: 'E_CONFIG_INVALID',
      message: expect.stringContaining(`tools.${section}: unknown tool. ${hint}`) as string,
    });
  });
});
