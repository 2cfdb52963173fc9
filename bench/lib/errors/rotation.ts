import { execFile, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogSources } from '../../../src/platform/log-source/sources.ts';
import type { LogCheckpoint } from '../../../src/platform/log-source/types.ts';
import { type BenchPart, type BenchRow, notRun, row } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

const WAYS = ['rename', 'copytruncate', 'inode-reuse', 'gz', 'tiny'] as const;
type Way = (typeof WAYS)[number];
const LINES_PER_SECOND = 50_000;
/** A reader that is ended and started again does so from its last checkpoint. */
const RESTART_EVERY_MS = 400;
/** After the writer is done, the time in which nothing more must come. */
const QUIET_MS = 1_500;

/** A file is rotated in every way while it is written; each line must come once. */
export const rotationRows: BenchPart = async ({ quick, log }) => {
  const rows: BenchRow[] = [];
  for (const way of WAYS) {
    for (const restarts of [false, true]) {
      log(`rotation: ${way}${restarts ? ', restarted' : ''}`);
      const trial = { way, restarts, lines: LINES_PER_SECOND * (quick ? 2 : 20) };
      rows.push(...rowsOf(trial, await inTemporaryFolder((folder) => runTrial(folder, trial))));
    }
  }
  return [...rows, await speedRow(quick)];
};

interface Trial {
  way: Way;
  restarts: boolean;
  lines: number;
}

interface Outcome {
  lost: number;
  doubled: number;
  lostBytes: number;
  /** Sum of what the notices say; null when one of them says that it is not known. */
  reportedBytes: number | null;
  truncations: number;
}

function rowsOf({ way, restarts, lines }: Trial, outcome: Outcome): BenchRow[] {
  const name = restarts ? `${way}, reader restarted every ${RESTART_EVERY_MS} ms` : way;
  const samples = lines;
  const { lost, doubled, lostBytes, reportedBytes, truncations } = outcome;
  const exact = { op: '=', value: 0 } as const;
  if (way !== 'copytruncate') {
    return [
      row({ name: `${name}: lost`, value: lost, unit: 'lines', goal: exact, samples }),
      row({ name: `${name}: doubled`, value: doubled, unit: 'lines', goal: exact, samples }),
    ];
  }
  const note = `${truncations} truncations, lost at most as reported: ${reportedBytes ?? 'not known'} B`;
  const lostRow = row({ name: `${name}: lost`, value: lost, unit: 'lines', samples, note });
  const doubledRow = row({ name: `${name}: doubled`, value: doubled, unit: 'lines', goal: exact, samples });
  const unreported = `${name}: lost and not reported`;
  if (reportedBytes === null) return [lostRow, doubledRow, notRun(unreported, 'B', note)];
  const value = Math.max(0, lostBytes - reportedBytes);
  return [lostRow, doubledRow, row({ name: unreported, value, unit: 'B', goal: exact, samples })];
}

async function runTrial(folder: string, { way, restarts, lines }: Trial): Promise<Outcome> {
  const path = join(folder, 'app.log');
  const seen = new Uint8Array(lines);
  let checkpoints: LogCheckpoint[] = [];
  let carry = '';
  let lastChunkAtMs = performance.now();
  let reportedBytes: number | null = 0;
  let truncations = 0;
  const writer = startWriter(path, way, lines);
  let isWritten = false;
  const written = writer.then(() => (isWritten = true));
  const isDone = (): boolean => isWritten && performance.now() - lastChunkAtMs > QUIET_MS;

  while (!isDone()) {
    const controller = new AbortController();
    const startedAtMs = performance.now();
    const timer = setInterval(() => {
      const isDue = restarts && !isWritten && performance.now() - startedAtMs > RESTART_EVERY_MS;
      if (isDue || isDone()) controller.abort();
    }, 10);
    const { signal } = controller;
    const specs = [{ kind: 'files', path }] as const;
    for await (const given of createLogSources().read({ specs, checkpoints, follow: true, signal })) {
      if (given.type === 'truncated') {
        truncations += 1;
        reportedBytes =
          given.lostBytesAtMost === null || reportedBytes === null
            ? null
            : reportedBytes + given.lostBytesAtMost;
      }
      if (given.type !== 'chunk') continue;
      lastChunkAtMs = performance.now();
      const { stream, file, atByte, bytes } = given;
      carry = countLines(carry + Buffer.from(bytes).toString('latin1'), seen);
      const after = { atByte: atByte + bytes.length, file, cursor: null, reader: null };
      checkpoints = [{ stream: stream.name, ...after }];
    }
    clearInterval(timer);
    if (restarts && !isWritten) await sleep(20);
  }
  await written;
  const lost = seen.filter((times) => times === 0).length;
  const doubled = seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0);
  return { lost, doubled, lostBytes: lost * LINE_BYTES, reportedBytes, truncations };
}

const LINE = /request (\d{9}) failed\n/g;
const LINE_BYTES = 56;

/** Returns what is after the last line. */
function countLines(text: string, seen: Uint8Array): string {
  for (const [, number] of text.matchAll(LINE)) {
    const at = Number(number);
    seen[at] = Math.min(255, (seen[at] ?? 0) + 1);
  }
  return text.slice(text.lastIndexOf('\n') + 1);
}

function startWriter(path: string, way: Way, lines: number): Promise<void> {
  const isSource = import.meta.url.endsWith('.ts');
  const script = isSource
    ? new URL('./rotating-writer.ts', import.meta.url)
    : new URL('./rotating-writer.js', import.meta.url);
  const loader = isSource ? ['--import', 'jiti/register'] : [];
  const child = spawn(
    process.execPath,
    [...loader, fileURLToPath(script), path, way, String(lines), String(LINES_PER_SECOND)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) =>
      exitCode === 0 ? resolve() : reject(new Error(`the writer ended with ${exitCode}`)),
    );
  });
}

const PIECE_BYTES = 16 * 1_024 * 1_024;
const ROUNDS = 3;

async function speedRow(quick: boolean): Promise<BenchRow> {
  const pieces = quick ? 16 : 64;
  return await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'plain.log');
    const file = await open(path, 'w');
    const piece = Buffer.alloc(
      PIECE_BYTES,
      'a line as long as many a line of a log is in fact, or so it seems\n',
    );
    for (let index = 0; index < pieces; index += 1) await file.write(piece);
    await file.close();
    const bytes = pieces * PIECE_BYTES;
    const ours: number[] = [];
    const peers: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await gigabytesPerSecond(bytes, () => readWhole(path)));
      peers.push(await gigabytesPerSecond(bytes, () => promisify(execFile)('wc', ['-l', path])));
    }
    return row({
      name: 'reading a plain file',
      value: median(ours),
      unit: 'GB/s',
      goal: { op: '>=', value: 1 },
      peer: { name: 'wc -l', value: median(peers) },
      samples: ROUNDS,
    });
  });
}

async function readWhole(path: string): Promise<void> {
  const { signal } = new AbortController();
  const specs = [{ kind: 'files', path }] as const;
  for await (const given of createLogSources().read({ specs, checkpoints: [], follow: false, signal })) {
    if (given.type === 'failed') throw new Error(given.reason);
  }
}

async function gigabytesPerSecond(bytes: number, work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return Math.round(bytes / (performance.now() - startedAtMs) / 1e4) / 100;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
