import type { Report } from '../../../src/core/report.ts';
import { median } from '../../../src/core/statistics/summary.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { type QueueServer, startQueueServer } from './queue-server.ts';

/** So many that nobody queues: the service time is all there is, and the truth is known. */
const PLACES = 1_000;
const SERVICE_MS = 20;
const SLOWER = 1.1;
/** Blocks are half as long as the command's own; more pairs, all patterns of signs, make up for it. */
const ARGUMENTS = ['--rate', '100', '--pairs', '16', '--block', '1s', '--json'];
/** Side by side, at a hundred requests a second each. */
const LANES = 2;

interface Comparison {
  p50: Change;
  p95: Change;
  exitCode: number;
  unfit: string | null;
}

interface Change {
  before: number;
  after: number;
  verdict: string;
  detectable: number | null;
}

/** The real command on one server against itself, and against one that takes 10 % longer; beside it the rule that people use. */
export async function beforeAfterRows({ log, quick }: BenchOptions): Promise<BenchRow[]> {
  const trials = quick ? 6 : 30;
  const before = await startQueueServer(PLACES, SERVICE_MS);
  const slower = await startQueueServer(PLACES, SERVICE_MS * SLOWER);
  try {
    const same = await compareAll(before, before, trials, (done) =>
      log(`against itself: ${done} of ${trials}`),
    );
    const worse = await compareAll(before, slower, trials, (done) =>
      log(`10 % slower: ${done} of ${trials}`),
    );
    return [...alarmRows(same, quick), ...findingRows(worse, quick), ...precisionRows(same)];
  } finally {
    await Promise.all([before.stop(), slower.stop()]);
  }
}

function alarmRows(same: readonly Comparison[], quick: boolean): BenchRow[] {
  const pairs = same.slice(1).map((next, index) => [same[index]?.p95.before ?? 0, next.p95.before] as const);
  return [
    row({
      name: 'the same server called regressed',
      value: same.filter(({ exitCode }) => exitCode === 1).length,
      unit: `of ${same.length} comparisons`,
      goal: { op: '<=', value: quick ? 1 : 2 },
      peer: {
        name: `p95 of a run more than 10 % off the run before (${pairs.length} looks)`,
        value: pairs.filter(([first, second]) => Math.abs(second / first - 1) > 0.1).length,
      },
      samples: same.length,
      note: unfitNote(same),
    }),
  ];
}

function findingRows(worse: readonly Comparison[], quick: boolean): BenchRow[] {
  const naive = worse.filter(({ p95 }) => p95.after / p95.before > 1.1).length;
  return [
    row({
      name: 'a p50 that is 10 % slower, found',
      value: worse.filter(({ p50, exitCode }) => p50.verdict === 'regressed' && exitCode === 1).length,
      unit: `of ${worse.length} comparisons`,
      goal: { op: '>=', value: quick ? 5 : 26 },
      peer: { name: 'p95 more than 10 % slower', value: naive },
      samples: worse.length,
      note: unfitNote(worse),
    }),
    row({
      name: 'how much slower it is said to be, median',
      value: rounded(median(worse.map(({ p50 }) => (p50.after / p50.before - 1) * 100))),
      unit: '% (the truth is 10 less what our timers add to both)',
      samples: worse.length,
    }),
  ];
}

function precisionRows(same: readonly Comparison[]): BenchRow[] {
  const detectable = same.flatMap(({ p50 }) => (p50.detectable === null ? [] : [p50.detectable * 100]));
  return [
    row({
      name: 'p50 of the same server said to be the same',
      value: same.filter(({ p50 }) => p50.verdict === 'same').length,
      unit: `of ${same.length} comparisons`,
      samples: same.length,
    }),
    row({
      name: 'smallest p50 regression that would have been found, median',
      value: rounded(median(detectable)),
      unit: '%',
      samples: detectable.length,
      note: 'with a margin of 5 %, 16 pairs of blocks of 1 s, at 80 % power',
    }),
  ];
}

function unfitNote(comparisons: readonly Comparison[]): string {
  const unfit = comparisons.filter((one) => one.unfit !== null).length;
  const length = `each about a minute: 16 pairs of 1 s at 100 requests/s, ${LANES} side by side`;
  return unfit === 0 ? length : `${length}; in ${unfit} the generator was unfit, so nothing was concluded`;
}

async function compareAll(
  before: QueueServer,
  after: QueueServer,
  trials: number,
  onDone: (done: number) => void,
): Promise<Comparison[]> {
  const found: Comparison[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < trials) {
      begun += 1;
      // Other arrivals each time, as other runs would have.
      found.push(await compareOnce(before, after, begun * 1_000));
      onDone(found.length);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}

function compareOnce(before: QueueServer, after: QueueServer, seed: number): Promise<Comparison> {
  return inTemporaryFolder(async (folder) => {
    await writeConfig(folder, { targets: { queue: { baseUrl: before.url } } });
    const sides = ['--before', before.url, '--after', after.url, '--seed', String(seed)];
    const { stdout, stderr, exitCode } = await runCli(
      ['load', 'before-after', ...sides, ...ARGUMENTS],
      folder,
    );
    const report = JSON.parse(stdout) as Report;
    if (report.error !== undefined) throw new Error(`${report.error.message} ${stderr}`);
    const { changes, unfit } = report.data as {
      changes: ({ metric: string } & Change)[];
      unfit: string | null;
    };
    const of = (metric: string): Change => {
      const change = changes.find((one) => one.metric === metric);
      if (change === undefined) throw new Error(`no ${metric} in the report: ${report.summary}`);
      return change;
    };
    return { p50: of('p50'), p95: of('p95'), exitCode, unfit };
  });
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(1));
}
