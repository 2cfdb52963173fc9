import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../../../src/core/statistics/summary.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import { installAutocannon, runAutocannon } from './autocannon.ts';
import { arrivals } from '../../../src/core/load/plan-fixture.ts';
import { benchPlan, type LoadResult, runPlan } from './load-run.ts';
import { startStageServer, type StageServer } from './stage-server.ts';

const RATE = 2_000;
const CONNECTIONS = 50;
const RUN_MS = 20_000;
/** Twice in a run of 20 s, away from its ends. */
const FREEZE = { kind: 'freeze', afterMs: 5_000, forMs: 1_000, everyMs: 10_000 } as const;

/**
 * Even arrivals, one in ten while the server stands still for a second: of all requests a tenth waits, evenly from 0 to 1 s. So the
 * median is that of a healthy server, and the truth of the tails is plain arithmetic.
 */
const TRUE_P95_MS = 500;
const TRUE_P99_MS = 900;

/** What one tool reports, in milliseconds. */
interface Reported {
  p50: number;
  p95: number | null;
  p99: number;
}

/** Whether a tail is told as it was, when the server freezes; peers at the same server, at the rate they are asked for. */
export async function stallRows({ log, quick }: BenchOptions): Promise<BenchRow[]> {
  const server = await startStageServer();
  try {
    const runs: LoadResult[] = [];
    for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
      log(`our own, round ${round}`);
      runs.push(await frozen(server, () => runPlan(benchPlan(server.url, arrivals(RATE, RUN_MS)))));
    }
    log('hey');
    const hey = await frozen(server, () => runHey(server.url)).catch(() => null);
    log('autocannon');
    const { script, missing } = await installAutocannon();
    const autocannon =
      script === null ? null : await frozen(server, () => autocannonOnce(script, server.url));
    return [...tailRows(runs, hey), exactness(runs), ...peerRows(hey, autocannon, missing)];
  } finally {
    await server.stop();
  }
}

function frozen<T>(server: StageServer, work: () => Promise<T>): Promise<T> {
  server.tell(FREEZE);
  return work();
}

function tailRows(runs: readonly LoadResult[], hey: Reported | null): BenchRow[] {
  const samples = runs.reduce((sum, { figures }) => sum + figures.response.count, 0);
  const at = (of: (run: LoadResult) => number | undefined): number =>
    round(median(runs.map((run) => of(run) ?? Number.NaN)) ?? Number.NaN);
  const peer = (value: number | null | undefined): { name: string; value: number | null } => ({
    name: 'hey',
    value: value ?? null,
  });
  const p95 = at(({ figures }) => figures.response.p95?.ms);
  const p99 = at(({ figures }) => figures.response.p99?.ms);
  const note = `frozen 1 s in 10 s, ${runs.length} runs of ${RUN_MS / 1_000} s at ${RATE}/s`;
  return [
    row({
      name: `p95 (truth: ${TRUE_P95_MS} ms)`,
      value: p95,
      unit: 'ms',
      samples,
      peer: peer(hey?.p95),
      note,
    }),
    off('p95 off the truth', p95, TRUE_P95_MS, 15),
    row({
      name: `p99 (truth: ${TRUE_P99_MS} ms)`,
      value: p99,
      unit: 'ms',
      samples,
      peer: peer(hey?.p99),
      note,
    }),
    off('p99 off the truth', p99, TRUE_P99_MS, 10),
    row({
      name: 'p50',
      value: at(({ figures }) => figures.response.p50?.ms),
      unit: 'ms',
      goal: { op: '<=', value: 5 },
      samples,
      peer: peer(hey?.p50),
    }),
  ];
}

function off(name: string, value: number, truth: number, goal: number): BenchRow {
  return row({
    name,
    value: round((Math.abs(value - truth) / truth) * 100),
    unit: '%',
    goal: { op: '<=', value: goal },
  });
}

/** Nothing is left out of a percentile, and nothing is in it twice. */
function exactness(runs: readonly LoadResult[]): BenchRow {
  const differences = runs.map(({ figures, total }) => {
    const { count, censored } = figures.response;
    return Math.abs(count + censored - (figures.sent + total.sessions.dropped));
  });
  return row({
    name: 'samples less (sent + dropped)',
    value: differences.reduce((sum, one) => sum + one, 0),
    unit: 'samples',
    goal: { op: '=', value: 0 },
    samples: runs.reduce((sum, { figures }) => sum + figures.sent, 0),
  });
}

function peerRows(hey: Reported | null, autocannon: Reported | null, missing: string | null): BenchRow[] {
  return [
    hey === null
      ? notRun('hey: p99', 'ms', 'hey is not installed')
      : row({ name: 'hey: p99', value: hey.p99, unit: 'ms', note: ratio(hey.p99) }),
    ...(autocannon === null
      ? [notRun('autocannon: p99', 'ms', missing ?? 'it failed')]
      : [
          row({
            name: 'autocannon: p99',
            value: autocannon.p99,
            unit: 'ms',
            note: ratio(autocannon.p99),
          }),
          row({ name: 'autocannon: p50', value: autocannon.p50, unit: 'ms' }),
        ]),
  ];
}

const ratio = (p99: number): string => `the truth is ${round(TRUE_P99_MS / p99)} times that`;

/** Its own way to ask for a rate: each of the connections paces itself. */
async function runHey(url: string): Promise<Reported> {
  const seconds = `${RUN_MS / 1_000}s`;
  const argv = ['-z', seconds, '-c', String(CONNECTIONS), '-q', String(RATE / CONNECTIONS), url];
  const { stdout } = await promisify(execFile)('hey', argv);
  const at = (percent: number): number =>
    Number(new RegExp(String.raw`${percent}% in ([\d.]+) secs`).exec(stdout)?.[1]) * 1_000;
  return { p50: round(at(50)), p95: round(at(95)), p99: round(at(99)) };
}

/** With the correction that it makes by itself when it is given a rate. It knows no 95th percentile. */
async function autocannonOnce(script: string, url: string): Promise<Reported> {
  const options = ['-R', String(RATE), '-c', String(CONNECTIONS), '-d', String(RUN_MS / 1_000)];
  const { latency } = await runAutocannon(script, options, url);
  return { p50: latency.p50, p95: null, p99: latency.p99 };
}

const round = (value: number): number => Math.round(value * 100) / 100;
