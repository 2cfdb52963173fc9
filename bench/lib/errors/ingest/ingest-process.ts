import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IngestFigures, IngestOrder } from './ingest-run.ts';
import { logChunks, type LogKind } from './log-text.ts';

const run = promisify(execFile);

export async function ingestInProcess(order: IngestOrder): Promise<IngestFigures> {
  const program = fileURLToPath(new URL('./ingest-run.js', import.meta.url));
  const { stdout } = await run(process.execPath, [program, JSON.stringify(order)]);
  return JSON.parse(stdout) as IngestFigures;
}

/** Seconds a program takes, its output thrown away; null when it cannot be run. */
export async function secondsOf(program: string, args: readonly string[]): Promise<number | null> {
  const started = performance.now();
  try {
    await run(program, [...args], { maxBuffer: 4 * 1024 ** 3, encoding: 'buffer' });
  } catch {
    return null;
  }
  return (performance.now() - started) / 1_000;
}

export async function writeLog(path: string, kind: LogKind, lines: number): Promise<void> {
  const file = createWriteStream(path);
  for (const chunk of logChunks(kind, lines)) if (!file.write(Buffer.from(chunk))) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}
