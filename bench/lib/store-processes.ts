import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface WriterRequest {
  path: string;
  writer: string;
  batches: number;
  /** Wall time of the first batch. */
  startMs: number;
}

export interface WriterOutcome {
  /** How many batches the process said were written. */
  acknowledged: number;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

export interface Writer {
  /** Kills the process, without a chance to finish, once it has acknowledged this many batches. */
  killAfter(batches: number): void;
  finished: Promise<WriterOutcome>;
}

/** Another process that writes to the store; see store-writer.ts. */
export function startWriter({ path, writer, batches, startMs }: WriterRequest): Writer {
  const isSource = import.meta.url.endsWith('.ts');
  const script = isSource
    ? new URL('./store-writer.ts', import.meta.url)
    : new URL('./store-writer.js', import.meta.url);
  const loader = isSource ? ['--import', 'jiti/register'] : [];
  const child = spawn(
    process.execPath,
    [...loader, fileURLToPath(script), path, writer, String(batches), String(startMs)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let lines = 0;
  let stderr = '';
  let killAtLines = Number.POSITIVE_INFINITY;

  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    lines += text.split('\n').length - 1;
    if (lines >= killAtLines) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));

  return {
    killAfter(count) {
      killAtLines = count + 1;
    },
    finished: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => {
        // The first line says that the store is open.
        resolve({ acknowledged: Math.max(0, lines - 1), exitCode, signal, stderr });
      });
    }),
  };
}
