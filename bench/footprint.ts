import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchRow, defineBenchmark, row } from './lib/bench.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = path.join(ROOT, 'bin', 'rearguard.js');

/** How long the first answer takes, and what an installation brings along. */
export const benchmark = defineBenchmark({
  name: 'footprint',
  summary: 'Start time of --help, and packages and megabytes of the packed installation',
  async run({ quick, log }) {
    const starts = await startTimes(quick ? 5 : 10);
    log('packing and installing');
    return [...starts, ...(await packedInstall())];
  },
});

async function startTimes(samples: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const argument of ['--help', '--version']) {
    const own: number[] = [];
    const bare: number[] = [];
    // In turns, so that whatever else the machine does falls on both.
    for (let index = 0; index < samples; index += 1) {
      own.push(await startMs([BINARY, argument]));
      bare.push(await startMs(['-e', '0']));
    }
    rows.push(
      row({
        name: `rearguard ${argument}, median`,
        value: round(median(own)),
        unit: 'ms',
        goal: { op: '<=', value: 300 },
        peer: { name: 'node -e 0', value: round(median(bare)) },
        samples,
      }),
    );
  }
  return rows;
}

async function startMs(args: readonly string[]): Promise<number> {
  const started = performance.now();
  await run(process.execPath, args);
  return performance.now() - started;
}

async function packedInstall(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rearguard-footprint-'));
  try {
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: ROOT,
    });
    const [tarball] = JSON.parse(packed.stdout) as { filename: string; size: number; files: unknown[] }[];
    if (!tarball) throw new Error('npm pack made nothing');
    await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
    const flags = [
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
    ];
    await run('npm', ['install', ...flags, `./${tarball.filename}`], { cwd: folder });
    const modules = path.join(folder, 'node_modules');
    const lock = JSON.parse(await readFile(path.join(modules, '.package-lock.json'), 'utf8')) as {
      packages: object;
    };
    const help = await run(process.execPath, [
      path.join(modules, 'rearguard', 'bin', 'rearguard.js'),
      '--help',
    ]);
    return [
      row({
        name: 'packages installed',
        value: Object.keys(lock.packages).length,
        unit: 'packages',
        goal: { op: '<=', value: 40 },
      }),
      row({
        name: 'size installed',
        value: round((await bytesIn(modules)) / 1e6),
        unit: 'MB',
        goal: { op: '<=', value: 45 },
      }),
      row({
        name: 'size of the tarball',
        value: round(tarball.size / 1e6),
        unit: 'MB',
        note: `${tarball.files.length} files`,
      }),
      row({
        name: 'files in the tarball that are not for users',
        value: await unwantedFiles(),
        unit: 'files',
        goal: { op: '=', value: 0 },
      }),
      row({
        name: 'installed copy answers --help',
        value: help.stdout.startsWith('Usage: rearguard') ? 1 : 0,
        unit: 'yes = 1',
        goal: { op: '=', value: 1 },
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unwantedFiles(): Promise<number> {
  const script = path.join(ROOT, 'scripts', 'pack-content.mjs');
  // It exits 1 when there are some; its list is on stdout all the same.
  const output = await run(process.execPath, [script, '--json']).catch((error: { stdout: string }) => error);
  const { unwanted, missing } = JSON.parse(output.stdout) as { unwanted: string[]; missing: string[] };
  return unwanted.length + missing.length;
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
