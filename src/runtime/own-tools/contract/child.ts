import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from '../../../platform/kill-group.ts';

/** Enough to see what went wrong. */
const MAX_OUTPUT_BYTES = 8_192;

export interface ChildEnd {
  /** null: it was killed by a signal. */
  exitCode: number | null;
  /** It was ended by us: nothing came from it for too long, or the signal was aborted. */
  wasCutOff: boolean;
  /** The last of what it printed. */
  output: string;
}

/**
 * Runs a script in a process group of its own until it ends, is silent for `silenceMs` (messages count, printing does not), or the signal is
 * aborted.
 */
export async function runChild(
  script: URL,
  options: {
    args: readonly string[];
    execArgv?: readonly string[];
    cwd: string;
    env: Readonly<Record<string, string | undefined>>;
    silenceMs: number;
    signal: AbortSignal;
    onMessage?: (message: unknown) => void;
  },
): Promise<ChildEnd> {
  const child = fork(script, options.args, {
    cwd: options.cwd,
    env: options.env,
    execArgv: [...(options.execArgv ?? [])],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
  const output = lastOutput(child);
  let wasCutOff = false;
  const cutOff = (): void => {
    wasCutOff = true;
    killGroup(child, 'SIGKILL');
  };
  let timer = setTimeout(cutOff, options.silenceMs);
  child.on('message', (message) => {
    clearTimeout(timer);
    timer = setTimeout(cutOff, options.silenceMs);
    options.onMessage?.(message);
  });
  options.signal.addEventListener('abort', cutOff, { once: true });
  if (options.signal.aborted) cutOff();
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    // The last of its pipes and messages may come after its end.
    await Promise.race([new Promise((resolve) => child.once('close', resolve)), sleep(200)]);
    return { exitCode, wasCutOff, output: output() };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', cutOff);
    // Whatever it started and left behind.
    killGroup(child, 'SIGKILL');
  }
}

function lastOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream
      ?.setEncoding('utf8')
      .on('data', (chunk: string) => (text = (text + chunk).slice(-MAX_OUTPUT_BYTES)));
  }
  return () => text;
}
