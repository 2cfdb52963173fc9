import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMPILED_FOLDER, OWN_FOLDER } from '../src/platform/own-folder.ts';
import { cli, type CliResult, inFolder } from './lib/cli.ts';

const run = promisify(execFile);

const SHOP = {
  'package.json': JSON.stringify({ name: 'shop', dependencies: { express: '^5.1.0', pg: '^8.0.0' } }),
  'app.js':
    "const app = require('express')();\napp.get('/health', (request, response) => response.end());\napp.listen(3000);\n",
  '.gitignore': 'node_modules/\n',
};

const WRITTEN = [
  'rearguard.config.ts',
  'AGENTS.md',
  'CLAUDE.md',
  '.agents/skills/rearguard/SKILL.md',
  'ai-agents/backend/AI-CONTEXT.md',
  'ai-agents/backend/AI-PROJECT-OVERVIEW.md',
  'ai-agents/backend/docs/KNOWLEDGE.md',
  'ai-agents/backend/tools/api-health-monitor.js',
  'ai-agents/backend/tools/query-optimizer.py',
  'ai-agents/backend/tools/migration-validator.py',
];

interface InitReport {
  data: {
    root: string;
    files: { path: string; action: string; text: string | null }[];
    facts: { fact: string; value: string | null }[];
  };
  error?: { code: string; message: string; hint: string };
}

const reportOf = ({ stdout }: CliResult): InitReport => JSON.parse(stdout) as InitReport;
const init = (cwd: string, ...args: string[]): Promise<CliResult> => cli(['init', ...args], { cwd });

/** Every file with its text and the time it was last written, but for what this machine makes of a config when it reads one. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath) !== COMPILED_FOLDER)
    .map((entry) => path.join(entry.parentPath, entry.name));
  const described = files.toSorted().map(async (file): Promise<[string, string]> => {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return [path.relative(folder, file), `${mtimeMs} ${text}`];
  });
  return Object.fromEntries(await Promise.all(described));
}

describe('rearguard init', () => {
  it('writes a workspace, and a second time nothing', async () => {
    await inFolder(SHOP, async (cwd) => {
      const first = await init(cwd, '--yes', '--agents', 'claude,cursor', '--json');
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const written = await snapshot(cwd);
      expect(Object.keys(written)).toEqual(
        expect.arrayContaining([...WRITTEN, '.mcp.json', '.cursor/mcp.json']),
      );
      expect(written['.gitignore']).toContain('node_modules/\n.rearguard/\n');
      for (const args of [['--agents', 'claude,cursor'], [], ['--agents', 'none']]) {
        const again = await init(cwd, '--yes', '--json', ...args);
        expect(reportOf(again).data.files.every(({ action }) => action === 'keep')).toBe(true);
        expect(await snapshot(cwd)).toEqual(written);
      }
    });
  });

  it('keeps what belongs to one machine out of git, also where there is no .gitignore', async () => {
    const { '.gitignore': _, ...files } = SHOP;
    await inFolder(files, async (cwd) => {
      await run('git', ['init', '-q'], { cwd });
      const { data } = reportOf(await init(cwd, '--yes', '--json'));
      expect(data.files.filter(({ action }) => action !== 'create')).toEqual([]);
      expect(await readdir(path.join(cwd, OWN_FOLDER))).toContain('program');
      const { stdout } = await run('git', ['status', '--porcelain'], { cwd });
      expect(stdout).toContain('rearguard.config.ts');
      expect(stdout).not.toContain(OWN_FOLDER);
    });
  });

  it('gives a config that check works with, from what it found', async () => {
    await inFolder(SHOP, async (cwd) => {
      const { data } = reportOf(await init(cwd, '--yes', '--json'));
      expect(data.facts).toContainEqual(
        expect.objectContaining({ fact: 'framework', value: 'Express ^5.1.0' }),
      );
      expect(data.facts).toContainEqual(expect.objectContaining({ fact: 'OpenAPI document', value: null }));
      const checked = await cli(['config', 'print', '--json'], { cwd });
      expect(checked.code).toBe(0);
      expect(checked.stdout).toContain('http://localhost:3000');
    });
  });

  it('shows in a dry run every file, and writes none', async () => {
    await inFolder(SHOP, async (cwd) => {
      const before = await snapshot(cwd);
      const { code, stdout } = await init(cwd, '--dry-run');
      expect(code).toBe(0);
      for (const file of WRITTEN) expect(stdout).toContain(`=== ${file} (new)\n`);
      expect(stdout).toContain('+.rearguard/\n');
      expect(await snapshot(cwd)).toEqual(before);
    });
  });

  it('asks for confirmation where nobody can be asked, with the command that gives it', async () => {
    await inFolder(SHOP, async (cwd) => {
      const { code, stderr } = await init(cwd, '--agents', 'codex', '--url', 'http://localhost:8080');
      expect(code).toBe(4);
      expect(stderr).toContain('rearguard init --yes --agents codex --url http://localhost:8080');
      expect(await readdir(cwd)).toHaveLength(Object.keys(SHOP).length);
    });
  });

  it('touches nothing that is not its own', async () => {
    const theirs = {
      'AGENTS.md': '\uFEFF# Ours\r\n\r\nHand-written.',
      'CLAUDE.md': '# Ours\n',
      '.mcp.json': '{ "mcpServers": {} }',
      'rearguard.config.yaml': 'targets: { api: { baseUrl: http://localhost:1 } }\n',
    };
    await inFolder({ ...SHOP, ...theirs }, async (cwd) => {
      const { data } = reportOf(await init(cwd, '--yes', '--json', '--agents', 'claude'));
      const byHand = data.files.filter(({ action }) => action === 'by-hand').map(({ path: file }) => file);
      expect(byHand).toEqual(['CLAUDE.md', '.mcp.json']);
      const { 'AGENTS.md': agents, ...others } = theirs;
      for (const [name, text] of Object.entries(others)) {
        expect(await readFile(path.join(cwd, name), 'utf8')).toBe(text);
      }
      const written = await readFile(path.join(cwd, 'AGENTS.md'), 'utf8');
      expect(written.startsWith(`${agents}\r\n\r\n<!-- rearguard:begin agents -->\r\n`)).toBe(true);
      expect(await readdir(cwd)).not.toContain('rearguard.config.ts');
    });
  });

  it('brings its own files up to date, but for one that somebody changed', async () => {
    await inFolder(SHOP, async (cwd) => {
      await init(cwd, '--yes');
      const launcher = path.join(cwd, 'ai-agents/backend/tools/load-tester.js');
      const text = await readFile(launcher, 'utf8');
      await writeFile(launcher, `// mine\n${text}`);
      await rm(path.join(cwd, 'ai-agents/backend/tools/query-optimizer.py'));
      const { data } = reportOf(await init(cwd, '--yes', '--json'));
      const actions = Object.fromEntries(data.files.map((file) => [path.basename(file.path), file.action]));
      expect(actions).toMatchObject({ 'load-tester.js': 'by-hand', 'query-optimizer.py': 'create' });
      expect(await readFile(launcher, 'utf8')).toBe(`// mine\n${text}`);
    });
  });

  it('writes nothing at all where a marker is broken', async () => {
    await inFolder({ ...SHOP, 'AGENTS.md': 'x\n<!-- rearguard:end agents -->\n' }, async (cwd) => {
      const before = await snapshot(cwd);
      const result = await init(cwd, '--yes', '--json');
      expect(result.code).toBe(2);
      expect(reportOf(result).error).toMatchObject({ code: 'E_WORKSPACE_MARKERS' });
      expect(reportOf(result).error?.message).toContain('AGENTS.md:2');
      expect(await snapshot(cwd)).toEqual(before);
    });
  });

  it('leaves a whole workspace when two do it at once', async () => {
    await inFolder(SHOP, async (cwd) => {
      const both = await Promise.all([init(cwd, '--yes', '--json'), init(cwd, '--yes', '--json')]);
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      expect(await readFile(path.join(cwd, '.gitignore'), 'utf8')).toBe('node_modules/\n.rearguard/\n');
      expect(
        reportOf(await init(cwd, '--yes', '--json')).data.files.every(({ action }) => action === 'keep'),
      ).toBe(true);
    });
  });

  it('is about the whole backend, wherever in it one stands, unless a folder is named', async () => {
    await inFolder(SHOP, async (cwd) => {
      await mkdir(path.join(cwd, 'lib'));
      const rootOf = async (...args: string[]): Promise<string> =>
        reportOf(await init(path.join(cwd, 'lib'), '--dry-run', '--json', ...args)).data.root;
      expect(await rootOf()).toBe(cwd);
      expect(await rootOf('--dir', '.')).toBe(path.join(cwd, 'lib'));
      await init(cwd, '--yes');
      expect(await rootOf()).toBe(cwd);
    });
  });

  it('writes and shows no secret of an env file', async () => {
    const env =
      'DATABASE_URL=postgres://shop:hunter2-secret@db.internal/shop\nSTRIPE_KEY=sk_live_hunter2-secret\n';
    await inFolder({ ...SHOP, '.env': env }, async (cwd) => {
      const shown = [await init(cwd, '--dry-run'), await init(cwd, '--yes', '--json')];
      await rm(path.join(cwd, '.env'));
      const all = JSON.stringify([shown, await snapshot(cwd)]);
      expect(all).not.toContain('hunter2');
      expect(all).toContain("env('DATABASE_URL')");
    });
  });

  it('says what is wrong with a value', async () => {
    await inFolder(SHOP, async (cwd) => {
      expect((await init(cwd, '--yes', '--url', 'localhost')).stderr).toContain('--url takes an http');
      expect((await init(cwd, '--yes', '--agents', 'cluade')).stderr).toContain('claude');
      expect(await init(cwd, '--yes', '--dir', 'gone')).toMatchObject({ code: 2 });
    });
  });
});
