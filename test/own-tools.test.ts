import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isProcessRunning } from '../src/platform/is-process-running.ts';
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

/** What a client says first to an MCP server. */
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

async function untilWritten(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return text;
    await sleep(20);
  }
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

describe('an own tool that loops while it is loaded', () => {
  it('holds up nothing: it is named with its file and the reason, and works as soon as it is mended', () =>
    inRepository(async (cwd) => {
      await addTool(cwd, 'looping', 'while (true) {}');
      const reason = /looping.index\.mjs cannot be used: it did not load within 10 s: it loops/;
      const [help, list, check, asked, mcp] = await Promise.all([
        cli(['--help'], { cwd }),
        cli(['tools', 'list', '--json'], { cwd }),
        cli(['check', '--json'], { cwd }),
        cli(['looping', 'look', '--json'], { cwd }),
        cli(['mcp'], { cwd, stdin: `${JSON.stringify(INITIALIZE)}\n` }),
      ]);
      expect([help.code, list.code, asked.code]).toEqual([0, 0, 2]);
      expect(envelopeOf(list).data.tools.at(-1)?.name).toBe('queue-watch');
      expect(envelopeOf(list).data.broken).toMatchObject([{ name: 'looping' }]);
      expect(envelopeOf(asked).error).toMatchObject({
        code: 'E_PLUGIN_INVALID',
        message: expect.stringMatching(reason) as string,
      });
      expect(check.stdout).toMatch(reason);
      expect(mcp.stdout).toContain('"id":1');

      // It is known by now.
      const again = await cli(['tools', 'list'], { cwd });
      expect(again.stdout.replaceAll(/\s+/g, ' ')).toMatch(reason);

      await addTool(cwd, 'looping', toolText().replaceAll('my-tool', 'looping'));
      const mended = await cli(['tools', 'list', '--json'], { cwd });
      expect(envelopeOf(mended).data.broken).toEqual([]);
      expect(envelopeOf(mended).data.tools.map(({ name }) => name)).toContain('looping');
    }));

  it('is looked at again by tool test, and leaves no process behind when whoever asked is killed', () =>
    inRepository(async (cwd) => {
      await addTool(
        cwd,
        'looping',
        "import { writeFileSync } from 'node:fs';\nwriteFileSync('pid', String(process.pid));\nwhile (true) {}",
      );
      let kill: (signal: NodeJS.Signals) => void = () => undefined;
      const killed = cli(['tools', 'list'], { cwd, onStart: (end) => (kill = end) });
      const pid = Number(await untilWritten(path.join(cwd, 'pid')));
      kill('SIGKILL');
      await killed;
      while (isProcessRunning(pid)) await sleep(50);

      const tested = await cli(['tool', 'test', 'looping', '--json'], { cwd });
      expect(tested.code).toBe(1);
      expect(tested.stdout).toContain('it loops at its top level');
      await addTool(cwd, 'looping', 'export default 1;');
      const after = await cli(['tool', 'test', 'looping', '--json'], { cwd });
      expect(after.stdout).not.toContain('it loops');
    }));
});
