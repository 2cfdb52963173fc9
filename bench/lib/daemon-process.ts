import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/schema.ts';

const BINARY = fileURLToPath(new URL('../../../bin/rearguard.js', import.meta.url));
const START_DEADLINE_MS = 60_000;

/** A change as `rearguard serve --output ndjson` prints it, with the time at which we read it. */
export interface ChangeLine {
  readAtMs: number;
  text: string;
  data: {
    kind?: string;
    dependency?: string;
    endpoint?: string;
    to?: string;
    cause?: string | null;
    atMs?: number;
  };
}

interface PrintedLine {
  type?: string;
  text: string;
  data: { tool: string; change: ChangeLine['data'] };
}

/** `rearguard serve` in a folder with a config, as a user runs it. */
export interface DaemonProcess {
  pid: number;
  url: string;
  token: string;
  changes: readonly ChangeLine[];
  /** What it wrote to its standard error. */
  log(): string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export async function writeConfig(folder: string, config: ConfigInput): Promise<void> {
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify(config));
}

/** Resolves when its API answers. */
export async function startDaemonProcess(folder: string): Promise<DaemonProcess> {
  const child = spawn(process.execPath, [BINARY, 'serve', '--output', 'ndjson'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const changes: ChangeLine[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type, text, data } = JSON.parse(line) as PrintedLine;
    if (type === 'change') changes.push({ text, data: data.change, readAtMs: Date.now() });
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000);
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const { url, token } = await addressOf(folder, child, () => errors);
  return {
    pid: child.pid ?? -1,
    url,
    token,
    changes,
    log: () => errors,
    get: (path, headers = {}) =>
      fetch(url + path, { headers: { authorization: `Bearer ${token}`, ...headers } }),
    async stop() {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The daemon writes where it listens, and the token, beside its store; a file of an earlier one has another pid. */
async function addressOf(
  folder: string,
  child: ChildProcess,
  errors: () => string,
): Promise<{ url: string; token: string }> {
  const giveUpAtMs = performance.now() + START_DEADLINE_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the daemon ended at its start: ${errors()}`);
    if (performance.now() > giveUpAtMs) throw new Error(`the daemon does not answer: ${errors()}`);
    const text = await readFile(join(folder, '.rearguard', 'serve.json'), 'utf8').catch(() => '{}');
    const address = JSON.parse(text) as { pid?: number; url?: string; token?: string };
    if (address.pid === child.pid && address.url !== undefined && address.token !== undefined) {
      return { url: address.url, token: address.token };
    }
    await sleep(50);
  }
}
