import { join } from 'node:path';
import { median } from '../../../src/core/statistics/summary.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { ingestInProcess, secondsOf, writeLog } from './ingest/ingest-process.ts';
import type { LogKind } from './ingest/log-text.ts';

const ROUNDS = 3;
/** About 1 GB each. */
const LINES: Readonly<Record<'syslog' | 'pino', number>> = { syslog: 13_000_000, pino: 7_500_000 };
const QUICK_LINES = 600_000;

interface Peer {
  program: string;
  args: (path: string) => readonly string[];
  does: string;
  /** How many times as fast we have to be, where a million lines a second is more than the machine can do. */
  factor: number;
}

const PEERS: Readonly<Record<'syslog' | 'pino', Peer>> = {
  syslog: {
    program: 'lnav',
    args: (path) => ['-n', '-q', '-c', ';SELECT log_level, count(*) FROM all_logs GROUP BY log_level', path],
    does: 'lnav, group by level',
    factor: 2,
  },
  pino: {
    program: 'jq',
    args: (path) => ['-c', 'select(.level >= 50)', path],
    does: 'jq, filter of errors',
    factor: 6,
  },
};

/** Everything, from bytes to segments, beside what others do with the same file; rounds alternate, medians are told. */
export async function ingestSpeedRows(options: BenchOptions): Promise<BenchRow[]> {
  return inTemporaryFolder(async (folder) => [
    ...(await speedOf('syslog', folder, options)),
    ...(await speedOf('pino', folder, options)),
  ]);
}

async function speedOf(
  kind: Extract<LogKind, 'syslog' | 'pino'>,
  folder: string,
  { quick, log }: BenchOptions,
): Promise<BenchRow[]> {
  const path = join(folder, `${kind}.log`);
  const lines = quick ? QUICK_LINES : LINES[kind];
  await writeLog(path, kind, lines);
  const peer = PEERS[kind];
  const seconds = { one: [] as number[], two: [] as number[], peer: [] as number[] };
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    seconds.one.push((await ingestInProcess({ path, workers: 1 })).seconds);
    seconds.two.push((await ingestInProcess({ path, workers: 2 })).seconds);
    const theirs = await secondsOf(peer.program, peer.args(path));
    if (theirs !== null) seconds.peer.push(theirs);
    log(`speed: ${kind}, round ${round + 1}: ${JSON.stringify(seconds)}`);
  }
  const one = median(seconds.one) ?? Number.NaN;
  const two = median(seconds.two) ?? Number.NaN;
  const theirs = median(seconds.peer) ?? null;
  const goal = { op: '>=', value: peer.factor } as const;
  return [
    row({
      name: `speed: ${kind}, one thread`,
      value: lines / one,
      unit: 'lines/s',
      peer: { name: peer.does, value: theirs === null ? null : lines / theirs },
      samples: seconds.one.length,
      note: `${lines} lines`,
    }),
    theirs === null
      ? notRun(`speed: ${kind}, beside ${peer.does}`, 'times', `${peer.program} is not installed`, goal)
      : row({
          name: `speed: ${kind}, beside ${peer.does}`,
          value: theirs / one,
          unit: 'times',
          goal,
          samples: seconds.peer.length,
        }),
    row({
      name: `speed: ${kind}, two workers beside one`,
      value: one / two,
      unit: 'times',
      goal: { op: '>=', value: 1.4 },
      samples: seconds.two.length,
    }),
  ];
}
