import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCheck } from '../check.ts';
import type { Runtime } from '../runtime.ts';
import { FIXTURE_TOOL, NEVER, openTestShop, type TestShop } from '../runtime-fixture.ts';
import { isBroken, loadOwnTools } from './load.ts';

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
  ])('is left out with %s, and nothing else', async (_, change, reason) => {
    const { catalog } = await withTool(change);
    expect(catalog.tools.map(({ origin }) => origin)).toEqual(catalog.tools.map(() => 'built-in'));
    expect(catalog.broken.map(({ error }) => error)).toMatchObject([
      { code: 'E_PLUGIN_INVALID', exitCode: 2, message: expect.stringContaining(reason) as string },
    ]);
  });

  it('is left out when it is not there', async () => {
    await shop.configure({ plugins: ['./nowhere.mjs'] });
    expect((await shop.open()).catalog.broken).toMatchObject([
      { name: 'nowhere', isNamed: false, error: { code: 'E_PLUGIN_INVALID' } },
    ]);
    await shop.configure({ plugins: ['no-such-package'] });
    const { catalog } = await shop.open();
    expect(() => catalog.find('no-such-package')).toThrow('no-such-package');
    expect(catalog.find('health').name).toBe('api-health-monitor');
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

describe('a tool in the workspace', () => {
  const broken = {
    ends: 'process.exit(0);',
    throws: "throw new Error('no luck')",
    waits: 'await new Promise(() => {});',
    wrong: 'export default 1;',
  };

  async function withFolders(folders: Readonly<Record<string, string>>, more = {}): Promise<Runtime> {
    for (const [name, text] of Object.entries(folders)) {
      const folder = join(shop.folder, 'ai-agents/backend/tools', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'index.ts'), text);
    }
    await shop.configure({ plugins: [], tools: {}, ...more });
    return shop.open();
  }
  const moduleOf = (name: string): string => join(shop.folder, 'ai-agents/backend/tools', name, 'index.ts');
  const myTool = `import { defineCommand, defineTool, z } from 'rearguard';\nexport default defineTool(${TOOL});`;

  it('is found without being listed, and not where the config says no', async () => {
    const { catalog } = await withFolders({ 'my-tool': myTool, 'no-tool': '' });
    await rm(join(shop.folder, 'ai-agents/backend/tools/no-tool/index.ts'));
    expect(catalog.find('mine').origin).toBe(moduleOf('my-tool'));
    await shop.configure({ plugins: [], tools: {}, workspace: { ownTools: false } });
    const off = await shop.open();
    expect(off.catalog.tools.map(({ origin }) => origin)).not.toContain(moduleOf('my-tool'));
    expect(off.catalog.broken).toEqual([]);
  });

  it('is one tool where the config lists it too', async () => {
    const plugins = ['./ai-agents/backend/tools/my-tool/index.ts'];
    const { catalog } = await withFolders({ 'my-tool': myTool }, { plugins });
    expect(catalog.tools.filter(({ name }) => name === 'my-tool')).toHaveLength(1);
    expect(catalog.broken).toEqual([]);
  });

  it('takes nothing with it when it is broken, whatever is wrong', async () => {
    const { config } = await withFolders(
      { ...broken, 'other-name': myTool, 'my-tool': myTool },
      { workspace: { ownTools: false } },
    );
    const own = await loadOwnTools({ ...config, workspace: { ...config.workspace, ownTools: true } });
    expect(
      own.map((tool) => (isBroken(tool) ? `${tool.name}: ${tool.error.message}` : tool.tool.name)),
    ).toEqual([
      expect.stringMatching(/^ends: .*it calls process\.exit\(0\)/),
      'my-tool',
      expect.stringMatching(/^other-name: .*its name is my-tool and its folder's is other-name/),
      expect.stringMatching(/^throws: .*no luck/),
      expect.stringMatching(/^waits: .*waits at its top level for something that never comes/),
      expect.stringMatching(/^wrong: .*expected object/),
    ]);
  });

  it('that is broken stands in the coverage of a check, and the others are checked', async () => {
    const runtime = await withFolders(
      { throws: broken.throws, 'my-tool': myTool },
      { targets: {}, tools: { throws: { a: 1 } } },
    );
    const { report } = await runCheck({ ...runtime, isolatesOwnTools: false }, { signal: NEVER, tools: [] });
    expect(report.coverage.checked.map(({ subject }) => subject.name)).toContain('a');
    expect(report.coverage.notChecked.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/^throws: The tool from .*throws.index\.ts cannot be used: no luck/),
    );
    expect(report.diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('no luck'),
    );
    expect(report.status).toBe('unknown');
    const asked = await runtime.run({ tool: 'throws', command: 'look', input: {}, signal: NEVER });
    expect(asked).toMatchObject({ exitCode: 2, report: { error: { code: 'E_PLUGIN_INVALID' } } });
  });
});
