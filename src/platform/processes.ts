import { spawn } from 'node:child_process';
import { RearguardError } from '../core/errors.ts';
import { killGroup } from './kill-group.ts';

/** Other programs, without a shell, with a deadline and a cap on what is kept of their output. */
export interface Processes {
  run(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult>;
}

export interface ProcessOptions {
  timeoutMs: number;
  cwd?: string;
  /** On top of our own environment. */
  env?: Readonly<Record<string, string>>;
  /** Of each stream; the rest is read and dropped. */
  maxOutputBytes?: number;
  signal?: AbortSignal;
}

export interface ProcessResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  truncated: boolean;
}

const DEFAULT_MAX_OUTPUT_BYTES = 1_024 * 1_024;
/** Between asking a program to end and ending it. */
const GRACE_MS = 1_000;
/** How long output may still come when the program is gone; a descendant that left its group can hold a pipe open for ever. */
const DRAIN_MS = 500;

/**
 * The machine's own programs. Whatever a program started goes with it. Throws E_PROGRAM_NOT_RUN when it cannot be started, and the
 * signal's reason when that is aborted; neither names arguments or environment, which may hold secrets.
 */
export const systemProcesses: Processes = {
  run(argv, { timeoutMs, cwd, env, maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES, signal }) {
    const [program, ...programArguments] = argv;
    if (program === undefined) throw new RangeError('No program to run');
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const child = spawn(program, programArguments, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that it can be ended with all it started.
        detached: true,
        windowsHide: true,
      });
      const stdout = keepOutput(child.stdout, maxOutputBytes);
      const stderr = keepOutput(child.stderr, maxOutputBytes);
      const timers: NodeJS.Timeout[] = [];
      let timedOut = false;
      let cancelled = false;

      function after(ms: number, action: () => void): void {
        timers.push(setTimeout(action, ms));
      }
      function end(): void {
        killGroup(child, 'SIGTERM');
        after(GRACE_MS, () => killGroup(child, 'SIGKILL'));
      }
      function cancel(): void {
        cancelled = true;
        end();
      }
      function release(): void {
        for (const timer of timers.splice(0)) clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      }

      after(timeoutMs, () => {
        timedOut = true;
        end();
      });
      signal?.addEventListener('abort', cancel, { once: true });
      child.once('error', (error: NodeJS.ErrnoException) => {
        release();
        // Not as the cause: Node's error carries all the arguments.
        reject(new RearguardError('E_PROGRAM_NOT_RUN', { program, reason: reasonOfSpawn(error) }));
      });
      child.once('exit', () => {
        release();
        killGroup(child, 'SIGKILL');
        after(DRAIN_MS, () => {
          child.stdout.destroy();
          child.stderr.destroy();
        });
      });
      child.once('close', (exitCode) => {
        release();
        if (cancelled) return reject(signal?.reason as Error);
        resolve({
          exitCode,
          stdout: stdout.text(),
          stderr: stderr.text(),
          timedOut,
          truncated: stdout.truncated() || stderr.truncated(),
        });
      });
    });
  },
};

function reasonOfSpawn({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'it, or the folder to run it in, is not there';
  if (code === 'EACCES') return 'it may not be executed';
  return code ?? 'it did not start';
}

function keepOutput(
  stream: NodeJS.ReadableStream,
  maxBytes: number,
): { text(): string; truncated(): boolean } {
  const chunks: Buffer[] = [];
  let kept = 0;
  let truncated = false;
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - kept);
    truncated ||= part.length < chunk.length;
    kept += part.length;
    if (part.length > 0) chunks.push(part);
  });
  return {
    // `stream` leaves out a character that was cut at the limit.
    text: () => new TextDecoder().decode(Buffer.concat(chunks), { stream: truncated }),
    truncated: () => truncated,
  };
}
