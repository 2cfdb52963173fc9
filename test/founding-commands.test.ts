import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, closedPort, startBackend } from './lib/backend.ts';
import { cli } from './lib/cli.ts';
import { commandsOfMission, FOUNDING_COMMANDS } from './lib/founding-commands.ts';

/** These go on until they are told to stop, or for minutes. */
const LONG = /\s(?:watch|monitor|emergency|run|before-after|incident-mode|quick-test)\b/;
/** Those that show changes only may have nothing to show for a while, and all need some time to begin on a busy machine. */
const PATIENCE_MS = { long: 15_000, other: 20_000 };
const NOT_BUILT = /security-scanner|migration-validator|api-contract-tester/;

let backend: Backend;
/** A cache that is down. */
let cacheUrl: string;
let root: string;
let folders: { bin: string; workspace: string };

beforeAll(async () => {
  backend = await startBackend();
  cacheUrl = `redis://127.0.0.1:${await closedPort()}`;
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'rearguard-founding-')));
  folders = { bin: path.join(root, 'bin'), workspace: path.join(root, 'shop', 'ai-agents', 'backend') };
  await writeShop(path.join(root, 'shop'));
  await mkdir(folders.bin);
  await symlink(python(), path.join(folders.bin, 'python'));
  await symlink(process.execPath, path.join(folders.bin, 'node'));
  const made = await cli(['init', '--yes', '--url', backend.url], { cwd: path.join(root, 'shop') });
  if (made.code !== 0) throw new Error(`init failed: ${made.stderr}`);
  await shortenRounds(path.join(root, 'shop', 'rearguard.config.ts'));
});

afterAll(async () => {
  await backend.close();
  await rm(root, { recursive: true, force: true });
});

/** A real interpreter, for a manager's shim asks for the user's home. */
function python(): string {
  const said = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return said.stdout.trim();
}

/** What a small backend with a database, an OpenAPI document and a log has in its repository. */
async function writeShop(folder: string): Promise<void> {
  const stamp = new Date(Date.now() - 60_000).toISOString();
  const failure = {
    level: 50,
    time: stamp,
    msg: 'cannot save order',
    err: { type: 'TypeError', message: 'x' },
  };
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      name: 'shop',
      scripts: { start: 'node app.js' },
      dependencies: { express: '^5.1.0', 'better-sqlite3': '^12.0.0', pino: '^10.0.0', redis: '^5.0.0' },
    }),
    'app.js': `const express = require('express');
const pino = require('pino');
const log = pino(pino.destination('logs/app.log'));
const app = express();
app.get('/api/users', (request, response) => response.json([]));
app.get('/api/auth', (request, response) => response.json({}));
app.listen(3000);
`,
    '.env.example': 'DATABASE_URL=sqlite:./shop.db\nREDIS_URL=redis://localhost:6379\n',
    'openapi.json': JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'shop', version: '1' },
      paths: { '/api/users': { get: { responses: { 200: { description: 'users' } } } } },
    }),
    'logs/app.log': `${JSON.stringify(failure)}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const database = new Database(path.join(folder, 'shop.db'));
  database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)');
  database.close();
}

/** The config is the team's: this one measures less, so that a test need not wait. */
async function shortenRounds(config: string): Promise<void> {
  const text = await readFile(config, 'utf8');
  const round = 'round: { samples: 20, maxRatePerSecond: 100, maxRatePerEndpoint: 40 },';
  await writeFile(
    config,
    text.replace("'api-health-monitor': {", (start) => `${start} ${round}`),
  );
}

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Types a line in the workspace's folder; Ctrl-C when it has shown something, or does not end. */
function type(line: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `exec ${line}`], {
      cwd: folders.workspace,
      env: {
        PATH: `${folders.bin}:/usr/bin:/bin`,
        HOME: root,
        DATABASE_URL: 'sqlite:./shop.db',
        REDIS_URL: cacheUrl,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let interrupted = false;
    const interrupt = (): void => {
      if (!interrupted) child.kill('SIGINT');
      interrupted = true;
    };
    const patience = setTimeout(interrupt, LONG.test(line) ? PATIENCE_MS.long : PATIENCE_MS.other);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        said[name] += chunk;
        if (LONG.test(line)) interrupt();
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(patience);
      // As a shell has it: the Ctrl-C may come when the command has said all and is about to end.
      resolve({ code: signal === 'SIGINT' ? 130 : code, ...said });
    });
  });
}

/** Exit codes that are right, and what must be shown. */
function answerOf(line: string): [codes: readonly number[], shown: RegExp] {
  return NOT_BUILT.test(line) ? [[3], /is not part of this version/] : [[0, 1, 3, 130], /\S/];
}

type Case = [line: string, codes: readonly number[], shown: RegExp];

function casesOf(isWanted: (line: string) => boolean): Case[] {
  return FOUNDING_COMMANDS.filter(isWanted).map((line) => [line, ...answerOf(line)]);
}

async function answersWell(...[line, codes, shown]: Case): Promise<void> {
  const { code, stdout, stderr } = await type(line);
  expect(codes).toContain(code);
  expect(`${stdout}${stderr}`).toMatch(shown);
  expect(`${stdout}${stderr}`).not.toMatch(/This is a defect|Unknown command|not installed/);
}

describe('the command lines of the founding document', () => {
  it('are those of the list', async () => {
    expect((await commandsOfMission()) ?? FOUNDING_COMMANDS).toEqual(FOUNDING_COMMANDS);
  });

  it.each(casesOf((line) => !LONG.test(line)))('%s', answersWell);

  // Side by side: each of them waits for somebody to end it.
  it.concurrent.each(casesOf((line) => LONG.test(line)))('%s', answersWell);
});
