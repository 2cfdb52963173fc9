import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { startStageServer, type StageServer } from './stage-server.ts';

const BUSY_LOOPS = 2;
/** Until all of them are at it. */
const WARM_UP_MS = 500;

/** The exit codes that a pipeline relies on: what could not be measured is no pass, and what was not measured is none either. */
export async function starvedRows({ log, quick }: BenchOptions): Promise<BenchRow[]> {
  const server = await startStageServer();
  const seconds = quick ? 15 : 30;
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeConfig(folder, configFor(server));
      const always = ['load', 'run', '--no-calm', '--json', '--duration', `${seconds}s`];
      const load = (rate: number, ...more: readonly string[]): readonly string[] => [
        ...always,
        '--rate',
        String(rate),
        ...more,
      ];
      const rows: BenchRow[] = [];
      const judge = async (name: string, expected: number, argv: readonly string[]): Promise<void> => {
        log(name);
        rows.push(exitRow(name, expected, await runCli(argv, folder)));
      };
      await judge('a healthy server, with room for the generator', 0, load(200));
      const empty = load(200, '--threshold', 'GET /nothing:p95<1s');
      await judge('a threshold on what has no samples', 1, empty);
      rows.push(await starved(folder, load(2_000), log));
      server.tell({ kind: 'delay', ms: 100 });
      await judge('a rate that the server does not reach', 1, load(1_000));
      return rows;
    });
  } finally {
    await server.stop();
  }
}

/** 50 connections: with 100 ms an answer the server reaches 500 a second and no more. Objectives are in no row's way. */
function configFor({ url }: StageServer): ConfigInput {
  return {
    targets: { stage: { baseUrl: url } },
    tools: { 'load-tester': { objectives: { p95: '60s' }, limits: { maxConnections: 50 } } },
  };
}

interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

function exitRow(name: string, expected: number, result: CliResult): BenchRow {
  return row({
    name: `exit code: ${name}`,
    value: result.exitCode,
    unit: '',
    goal: { op: '=', value: expected },
    note: whatItSaid(result),
  });
}

/** Rules and the summary of the report, which is the last line, or the error. */
function whatItSaid({ stdout, stderr }: CliResult): string {
  try {
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      summary?: string;
      findings?: { rule: string }[];
      error?: { message: string };
    };
    const rules = (report.findings ?? []).map(({ rule }) => rule);
    return [report.error?.message ?? report.summary ?? '', ...new Set(rules)].join('; ');
  } catch {
    return stderr.trim().split('\n').at(-1) ?? '';
  }
}

/** The generator on one core together with loops that never rest: a third of it is left. */
async function starved(
  folder: string,
  argv: readonly string[],
  log: (line: string) => void,
): Promise<BenchRow> {
  const name = `a generator beside ${BUSY_LOOPS} busy loops on its core`;
  log(name);
  const loops = Array.from({ length: BUSY_LOOPS }, () => onFirstCore(['-e', 'for (;;);'], folder));
  try {
    await sleep(WARM_UP_MS);
    if (loops.some(({ pid }) => pid === undefined)) {
      return notRun(`exit code: ${name}`, '', 'taskset is not installed', { op: '=', value: 3 });
    }
    return exitRow(name, 3, await runCli(argv, folder, ['taskset', '-c', '0']));
  } finally {
    await Promise.all(loops.map(stop));
  }
}

function onFirstCore(argv: readonly string[], cwd: string): ChildProcess {
  const child = spawn('taskset', ['-c', '0', process.execPath, ...argv], { cwd, stdio: 'ignore' });
  child.on('error', () => undefined);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
