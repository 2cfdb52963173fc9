import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A program whose output is read while it runs. */
export interface RunningProgram {
  stdout: Readable;
  stderr: Readable;
  /** Null when all is well; otherwise why not, in the program's own words where it has some. Never rejects. */
  failure: Promise<string | null>;
  /** Asks it and what it started to end, and ends them a second later; resolves when it is gone. */
  end(): Promise<void>;
}

export interface ProgramOptions {
  /** Whether stderr is for people, and its last line says what went wrong; otherwise it is read as output by whoever started it. */
  complainsOnStderr: boolean;
}

const GRACE_MS = 1_000;
const COMPLAINT_BYTES = 2_048;

export function startProgram(argv: readonly string[], { complainsOnStderr }: ProgramOptions): RunningProgram {
  const [program = '', ...programArguments] = argv;
  const child = spawn(program, programArguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that it can be ended with all it started.
    detached: true,
    windowsHide: true,
  });
  let complaint = '';
  let isEnding = false;
  if (complainsOnStderr) {
    child.stderr.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString('utf8')).slice(-COMPLAINT_BYTES);
    });
  }
  const failure = new Promise<string | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(reasonOfSpawn(program, error)));
    child.once('close', (exitCode, signal) => {
      if (isEnding || exitCode === 0) return resolve(null);
      const last = complaint.trim().split('\n').at(-1) ?? '';
      resolve(last === '' ? `${program} ended with ${exitCode ?? signal}` : last);
    });
  });
  // Streams of a program that could not be started fail, too; `failure` has said so.
  child.stdout.on('error', () => undefined);
  child.stderr.on('error', () => undefined);
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    failure,
    async end() {
      isEnding = true;
      if (child.exitCode === null && child.signalCode === null) {
        killGroup(child, 'SIGTERM');
        const timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
        child.stdout.destroy();
        child.stderr.destroy();
        await failure;
        clearTimeout(timer);
      }
    },
  };
}

function reasonOfSpawn(program: string, { code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `${program} is not installed`;
  if (code === 'EACCES') return `${program} may not be executed`;
  return `${program} did not start: ${code ?? 'unknown'}`;
}

function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // All of them are gone already (ESRCH), or what is left is not ours to end (EPERM).
  }
}
