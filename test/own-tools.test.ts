import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolText } from '../src/runtime/own-tools/own-tool-fixture.ts';
import { cli, type CliResult, inFolder } from './lib/cli.ts';

const CONFIG = JSON.stringify({ targets: { shop: { baseUrl: 'http://127.0.0.1:9' } }, failOn: 'low' });
const TOOLS = 'ai-agents/backend/tools';

interface Envelope {
  status: string;
  data: { tools: { name: string; origin: string }[]; broken: { name: string }[] };
  error?: { code: string; message: string };
}

const envelopeOf = ({ stdout }: CliResult): Envelope => JSON.parse(stdout) as Envelope;

/** A repository in which `tool new` was run. */
function inRepository(body: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(
    { 'rearguard.config.json': CONFIG, 'package.json': '{ "name": "shop" }' },
    async (folder) => {
      const made = await cli(['tool', 'new', 'queue-watch'], { cwd: folder });
      expect(made.code).toBe(0);
      await body(folder);
    },
  );
}

async function addTool(folder: string, name: string, text: string): Promise<void> {
  await mkdir(path.join(folder, TOOLS, name), { recursive: true });
  await writeFile(path.join(folder, TOOLS, name, 'index.mjs'), text);
}

describe('own tools, from the command line', () => {
  it('are in help, list, completion and schemas, and run by name, alias and launcher from any folder', () =>
    inRepository(async (cwd) => {
      const [help, list, completion, schema, own] = await Promise.all([
        cli(['--help'], { cwd }),
        cli(['tools', 'list', '--json'], { cwd }),
        cli(['completion', 'bash'], { cwd }),
        cli(['schema', 'config'], { cwd }),
        cli(['queue', 'monitor', '--help'], { cwd: path.join(cwd, TOOLS) }),
      ]);
      expect(help.stdout).toContain('Tools of your own: queue-watch');
      expect(envelopeOf(list).data.tools.at(-1)).toMatchObject({
        name: 'queue-watch',
        origin: expect.stringMatching(/queue-watch.index\.ts$/) as string,
      });
      expect(completion.stdout).toContain('queue-watch');
      expect(schema.stdout).toContain('maxP95Ms');
      expect(own.stdout).toContain('--path <path>');

      const env = { REARGUARD_BIN: path.resolve('bin/rearguard.js') };
      const launcher = path.join(cwd, TOOLS, 'queue-watch.js');
      const launched = await cli(['monitor', '--json'], { cwd: path.dirname(cwd), env, script: launcher });
      expect(envelopeOf(launched)).toMatchObject({ status: 'unknown', tool: 'queue-watch' });
    }));

  it('are tested by `tool test`: 0 when all is kept, 1 when not', () =>
    inRepository(async (cwd) => {
      expect((await cli(['tool', 'test'], { cwd })).code).toBe(0);
      await writeFile(path.join(cwd, TOOLS, 'queue-watch/rules.ts'), 'export const RULES = {} as never;\n');
      const failing = await cli(['tool', 'test', 'queue-watch', '--json'], { cwd });
      expect(failing.code).toBe(1);
      expect(envelopeOf(failing).status).toBe('fail');
    }));

  it('that are broken stop nothing else, and say why when they are asked for', () =>
    inRepository(async (cwd) => {
      await addTool(cwd, 'syntax', 'export default {');
      await addTool(cwd, 'hangs', 'await new Promise(() => {});');
      const [list, asked, health] = await Promise.all([
        cli(['tools', 'list', '--json'], { cwd }),
        cli(['syntax', 'look', '--json'], { cwd }),
        cli(['health', 'status', '--json'], { cwd }),
      ]);
      expect(envelopeOf(list).data.broken.map(({ name }) => name)).toEqual(['hangs', 'syntax']);
      expect([asked.code, envelopeOf(asked).error?.code]).toEqual([2, 'E_PLUGIN_INVALID']);
      expect(envelopeOf(health).error?.code).not.toBe('E_PLUGIN_INVALID');
    }));

  it('that print leave stdout to the result', () =>
    inRepository(async (cwd) => {
      const noise = "console.log('top'); process.stdout.write('raw');";
      await addTool(
        cwd,
        'my-tool',
        toolText({ top: noise, body: "console.log('inside'); const response = { status: 200 };" }),
      );
      const run = await cli(['my-tool', 'look', '--json'], { cwd });
      expect(envelopeOf(run)).toMatchObject({ status: 'pass', tool: 'my-tool' });
      expect(run.stderr).toMatch(/top[^]*raw[^]*inside/);
    }));

  it('are written once, by however many processes', () =>
    inFolder({ 'rearguard.config.json': CONFIG }, async (cwd) => {
      const all = await Promise.all([1, 2, 3].map(() => cli(['tool', 'new', 'queue-watch'], { cwd })));
      expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
      const files = await readdir(path.join(cwd, TOOLS, 'queue-watch'));
      expect(files.filter((file) => /lock|tmp/.test(file))).toEqual([]);
      expect(await readFile(path.join(cwd, TOOLS, 'queue-watch/index.ts'), 'utf8')).toContain(
        "name: 'queue-watch'",
      );
    }));
});
