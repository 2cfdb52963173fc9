import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = path.join(ROOT, 'bin', 'rearguard.js');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** What the process reads; without it, nothing. */
  stdin?: string;
  /** Called with everything on stdout so far, and with the process to signal. */
  onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Called once the process runs. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Options of node itself, before the script. */
  nodeOptions?: readonly string[];
  /** What is started in place of the built command line: a launcher. */
  script?: string;
}

/** Runs the built command line as a process of its own, with an environment that says nothing about us. */
export function cli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...(options.nodeOptions ?? []), options.script ?? BINARY, ...args],
      {
        cwd: options.cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env },
        stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      },
    );
    // It may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(options.stdin);
    options.onStart?.((signal) => child.kill(signal));
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      options.onStdout?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder of its own, with these files, gone afterwards. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rearguard-test-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
