import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Launcher, launcherLine, launcherOf } from './launchers.ts';
import { isUntouched } from './seal.ts';

/** Says where it runs and what it was given; waits for a signal when it is told to. */
const PROGRAM = `#!/usr/bin/env node
process.exitCode = 7;
if (process.argv.includes('wait')) {
  const waiting = setInterval(() => undefined, 1_000);
  process.on('SIGTERM', () => { console.log('stopped'); clearInterval(waiting); process.exitCode = 130; });
}
console.log(JSON.stringify({ by: __filename, args: process.argv.slice(2), cwd: process.cwd() }));
`;

interface Outcome {
  code: number | null;
  said: { by: string; args: string[]; cwd: string } | null;
  stdout: string;
  stderr: string;
}

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'rearguard-launchers-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

const nodeFolder = dirname(process.execPath);

/** PATH holds what the interpreters need, and no Rearguard. */
async function launch(
  launcher: Launcher,
  args: readonly string[],
  { cwd = root, env = {}, path = '' }: { cwd?: string; env?: Record<string, string>; path?: string } = {},
  onStdout: (kill: () => void) => void = () => undefined,
): Promise<Outcome> {
  const file = await put(join('repo/ai-agents/backend/tools', launcher.file), launcher.text);
  const folders = [path, nodeFolder, '/usr/bin', '/bin'].filter((folder) => folder !== '');
  return new Promise((resolve, reject) => {
    const interpreter = launcher.file.endsWith('.py') ? 'python3' : process.execPath;
    const child = spawn(interpreter, [file, ...args], {
      cwd,
      env: { PATH: folders.join(':'), HOME: root, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (stdout === '') onStdout(() => child.kill('SIGTERM'));
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const [first = ''] = stdout.split('\n');
      resolve({ code, stdout, stderr, said: first === '' ? null : (JSON.parse(first) as Outcome['said']) });
    });
  });
}

describe('launcherOf', () => {
  it('differs in the name only, and says itself whether somebody wrote in it', () => {
    for (const [one, other] of [
      ['api-health-monitor', 'load-tester'],
      ['query-optimizer', 'migration-validator'],
    ] as const) {
      const withoutSeal = (tool: string): string =>
        launcherOf(tool)
          .text.replaceAll(tool, '<tool>')
          .replace(/made [0-9a-f]+/, '');
      expect(withoutSeal(one)).toBe(withoutSeal(other));
      expect(isUntouched(launcherOf(one).text)).toBe(true);
      expect(isUntouched(launcherOf(one).text.replaceAll('\n', '\r\n'))).toBe(true);
      expect(isUntouched(launcherOf(one).text.replace('PATH', 'the path'))).toBe(false);
    }
  });

  it('is called as the documents call it', () => {
    expect(launcherLine('api-health-monitor')).toBe('node tools/api-health-monitor.js');
    expect(launcherLine('query-optimizer')).toBe('python tools/query-optimizer.py');
    expect(launcherLine('own-tool')).toBe('node tools/own-tool.js');
  });
});

describe.each(['load-tester', 'query-optimizer'])('the launcher of %s', (tool) => {
  const launcher = launcherOf(tool);

  it('finds an installed program, stays where the user stands, and passes arguments and exit code on', async () => {
    const program = await put('repo/node_modules/rearguard/bin/rearguard.js', PROGRAM);
    await mkdir(join(root, 'repo/node_modules/.bin'));
    await symlink('../rearguard/bin/rearguard.js', join(root, 'repo/node_modules/.bin/rearguard'));
    const { code, said, stderr } = await launch(launcher, ['run', '--a=b c', '"$x"']);
    expect(stderr).toBe('');
    expect(said).toEqual({ by: program, args: [tool, 'run', '--a=b c', '"$x"'], cwd: root });
    expect(code).toBe(7);
  });

  it('does the same in a repository whose files are modules', async () => {
    await put('repo/package.json', '{ "type": "module" }');
    const program = await put('elsewhere/rearguard.cjs', PROGRAM);
    const { said } = await launch(launcher, [], { env: { REARGUARD_BIN: program } });
    expect(said?.by).toBe(program);
  });

  it.each([
    ['a shell script', 'rearguard', 'exec node  "$basedir/../rearguard/bin/rearguard.js" "$@"\n'],
    ['a .cmd', 'rearguard.cmd', '@node "%~dp0\\..\\rearguard\\bin\\rearguard.js" %*\r\n'],
    ['a .cmd of npm', 'rearguard.cmd', '"%_prog%"  "%dp0%\\..\\rearguard\\bin\\rearguard.js" %*\r\n'],
  ])('finds the script behind %s of a package manager', async (_, name, shim) => {
    const program = await put('node_modules/rearguard/bin/rearguard.js', PROGRAM);
    await put(`node_modules/.bin/${name}`, shim);
    expect((await launch(launcher, [])).said?.by).toBe(program);
  });

  it('prefers REARGUARD_BIN, then what is installed, then what was noted, then PATH', async () => {
    const onPath = await put('path/rearguard', PROGRAM.replace('__filename', '"PATH"'));
    const path = dirname(onPath);
    expect((await launch(launcher, ['x'], { path })).said).toMatchObject({ by: 'PATH', args: [tool, 'x'] });
    const noted = await put('noted.js', PROGRAM);
    await put('repo/.rearguard/program', `${noted}\n`);
    expect((await launch(launcher, [], { path })).said?.by).toBe(noted);
    const installed = await put('node_modules/.bin/rearguard', PROGRAM.replace('__filename', '"installed"'));
    expect((await launch(launcher, [], { path })).said?.by).toBe('installed');
    expect(installed).not.toBe('');
    const env = { REARGUARD_BIN: await put('named.js', PROGRAM) };
    expect((await launch(launcher, [], { path, env })).said?.by).toBe(env.REARGUARD_BIN);
  });

  it('takes the config of its repository along when it is called from outside of it', async () => {
    const env = { REARGUARD_BIN: await put('program.js', PROGRAM) };
    const config = await put('repo/rearguard.config.json', '{}');
    const args = async (cwd: string, words: string[] = []): Promise<unknown> =>
      (await launch(launcher, ['status', ...words], { cwd, env })).said?.args;
    expect(await args(root)).toEqual(['--config', config, tool, 'status']);
    expect(await args(join(root, 'repo'))).toEqual([tool, 'status']);
    expect(await args(join(root, 'repo/ai-agents/backend'))).toEqual([tool, 'status']);
    expect(await args(root, ['--config=x.json'])).toEqual([tool, 'status', '--config=x.json']);
    expect(await args(root, ['--cwd', 'repo'])).toEqual([tool, 'status', '--cwd', 'repo']);
  });

  it.each(['named.js', 'named'])('passes signals on to %s', async (name) => {
    const env = { REARGUARD_BIN: await put(name, PROGRAM) };
    const { code, stdout } = await launch(launcher, ['wait'], { env }, (kill) => kill());
    expect(stdout).toContain('stopped');
    expect(code).toBe(130);
  });

  it('passes over places that may not be looked at', async () => {
    // Closed folders look the same, but not to root, as whom tests may run.
    const noFolder = await put('file', '');
    const program = await put('open/rearguard', PROGRAM.replace('__filename', '"open"'));
    const path = [noFolder, join(noFolder, 'x'), join(root, 'gone'), dirname(program)].join(':');
    expect((await launch(launcher, [], { path })).said?.by).toBe('open');
  });

  it('says in one line how to install what is not there', async () => {
    for (const env of [{}, { REARGUARD_BIN: join(root, 'gone.js') }]) {
      const { code, stdout, stderr } = await launch(launcher, ['status'], { env: { ...env } });
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(new RegExp(`^${tool}: .*npm install --save-dev rearguard.*\n$`));
    }
  });
});
