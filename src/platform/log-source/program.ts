import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { killGroup } from '../kill-group.ts';

/** A program whose output is read while it runs. */
export interface RunningProgram {
  output: Readable;
  /** Null when all is well; otherwise why not, in the program's own words where it has some. Never rejects. */
  failure: Promise<string | null>;
  /** Asks it and what it started to end, and ends them a second later; resolves when it is gone. */
  end(): Promise<void>;
}

const GRACE_MS = 1_000;
const COMPLAINT_BYTES = 2_048;

/** What is not `output` is dropped; but of stderr the last line says what went wrong. */
export function startProgram(
  argv: readonly string[],
  output: 'stdout' | 'stderr' = 'stdout',
): RunningProgram {
  const [program = '', ...programArguments] = argv;
  const child = spawn(program, programArguments, {
    stdio: ['ignore', output === 'stdout' ? 'pipe' : 'ignore', 'pipe'],
    // A group of its own, so that it can be ended with all it started.
    detached: true,
    windowsHide: true,
  });
  let complaint = '';
  let isEnding = false;
  // Both are pipes as asked for above; the types of spawn do not follow.
  const stderr = child.stderr as Readable;
  const read = output === 'stdout' ? (child.stdout as Readable) : stderr;
  if (read !== stderr) {
    stderr.on('data', (bytes: Buffer) => {
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
  read.on('error', () => undefined);
  stderr.on('error', () => undefined);
  return {
    output: read,
    failure,
    async end() {
      isEnding = true;
      if (child.exitCode === null && child.signalCode === null) {
        killGroup(child, 'SIGTERM');
        const timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
        read.destroy();
        stderr.destroy();
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
