import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from '../../platform/kill-group.ts';
import { processUsageOf } from '../../platform/process-usage/process-usage.ts';

/** Enough to see what went wrong. */
const MAX_OUTPUT_BYTES = 8_192;
/** Memory fills by some gigabytes a second at most. */
const LOOK_AT_MEMORY_MS = 100;

export interface ChildEnd {
  /** null: it was killed by a signal. */
  exitCode: number | null;
  /** What killed it, us included; null: it ended by itself. */
  signalCode: NodeJS.Signals | null;
  /** Why it was ended by us: nothing came from it for too long, it took too much memory, or the signal was aborted; null: it was not. */
  cutOff: 'silence' | 'memory' | 'signal' | null;
  /** The last of what it printed. */
  output: string;
}

/**
 * Runs a script in a process group of its own until it ends, is silent for `silenceMs` (messages count, printing does not), has more than
 * `maxResidentBytes` in memory, or the signal is aborted. Rejects when it cannot be started.
 */
export async function runChild(
  script: URL,
  options: {
    args: readonly string[];
    execArgv?: readonly string[];
    cwd: string;
    env: Readonly<Record<string, string | undefined>>;
    silenceMs: number;
    /** Where the system tells it; default: no limit but Node's own. */
    maxResidentBytes?: number;
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
  let cutOff: ChildEnd['cutOff'] = null;
  const end = (why: ChildEnd['cutOff']): void => {
    cutOff ??= why;
    killGroup(child, 'SIGKILL');
  };
  const onSilence = (): void => end('silence');
  const onAbort = (): void => end('signal');
  let timer = setTimeout(onSilence, options.silenceMs);
  child.on('message', (message) => {
    clearTimeout(timer);
    timer = setTimeout(onSilence, options.silenceMs);
    options.onMessage?.(message);
  });
  const memory = watchMemory(child, options.maxResidentBytes, () => end('memory'));
  options.signal.addEventListener('abort', onAbort, { once: true });
  if (options.signal.aborted) onAbort();
  try {
    const [exitCode, signalCode] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve([code, signal]));
      },
    );
    // The last of its pipes and messages may come after its end.
    await Promise.race([new Promise((resolve) => child.once('close', resolve)), sleep(200)]);
    return { exitCode, signalCode, cutOff, output: output() };
  } finally {
    clearTimeout(timer);
    clearInterval(memory);
    options.signal.removeEventListener('abort', onAbort);
    // Whatever it started and left behind.
    killGroup(child, 'SIGKILL');
  }
}

function watchMemory(
  { pid }: ChildProcess,
  maxBytes: number | undefined,
  onExceeded: () => void,
): NodeJS.Timeout | undefined {
  if (pid === undefined || maxBytes === undefined) return undefined;
  const usage = processUsageOf(process.platform);
  return setInterval(() => {
    void usage.read(pid).then((reading) => {
      if (reading !== null && reading.residentBytes > maxBytes) onExceeded();
    });
  }, LOOK_AT_MEMORY_MS);
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
