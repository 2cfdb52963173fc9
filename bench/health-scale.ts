/** Must show 2: how exactly, and at what cost, many endpoints are watched; blackbox_exporter beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/platform/clock.ts';
import { type BenchOptions, type BenchRow, defineBenchmark, notRun, row } from './lib/bench.ts';
import { missingPeerPrograms, startBlackbox } from './lib/blackbox.ts';
import { startUsageSampler } from './lib/process-usage.ts';
import { judgeSchedule, latencyErrors, quantile, type ScheduleQuality } from './lib/schedule-quality.ts';
import { monotonicMs, startSubject } from './lib/subject.ts';
import { byPath, startTruthServer, type TruthServer } from './lib/truth.ts';

interface Scale {
  endpoints: number;
  /** Of these, how many hang in the second variant. */
  hung: number;
  intervalMs: number;
  durationMs: number;
}

const FULL: Scale = { endpoints: 1_000, hung: 200, intervalMs: 20_000, durationMs: 110_000 };
const QUICK: Scale = { endpoints: 200, hung: 40, intervalMs: 2_000, durationMs: 12_000 };
/** What the truth server takes for an answer. */
const TRUE_LATENCY_MS = 50;
const PEER = 'blackbox_exporter + Prometheus';

interface Figures {
  schedule: ScheduleQuality | null;
  latencyErrors: number[];
  usage: { maxRssMb: number; cpuShare: number } | null;
  /** Launch to schedule. */
  startMs: number;
  samples: number;
  suspect: number;
  missedSlots: number;
  loopLagMs: number;
}

export const benchmark = defineBenchmark({
  name: 'health-scale',
  summary: 'Schedule, latency and cost of watching many endpoints, also while a fifth of them hangs',
  async run(options) {
    const scale = options.quick ? QUICK : FULL;
    options.log(`watching ${scale.endpoints} endpoints every ${scale.intervalMs / 1_000} s ...`);
    const calm = await measureOurs(scale, 0);
    options.log(`the same with ${scale.hung} that hang ...`);
    const hung = await measureOurs(scale, scale.hung);
    const peer = await measurePeer(scale, options);
    return [
      ...rowsFor('', scale, calm, peer, options.quick),
      ...rowsFor(`${scale.hung} hung: `, scale, hung, null, options.quick),
      ...(peer === null
        ? [notRun(PEER, '', `not on PATH: ${missingPeerPrograms().join(', ')} (Debian packages)`)]
        : []),
    ];
  },
});

function pathsOf(scale: Scale, hung: number): { innocent: string[]; all: string[] } {
  const innocent = Array.from({ length: scale.endpoints - hung }, (_, index) => `/endpoint/${index}`);
  const hanging = Array.from({ length: hung }, (_, index) => `/hang/${index}`);
  return { innocent, all: [...innocent, ...hanging] };
}

async function withTruth<T>(work: (truth: TruthServer, directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'rearguard-bench-'));
  const truth = await startTruthServer(TRUE_LATENCY_MS);
  try {
    return await work(truth, directory);
  } finally {
    truth.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function measureOurs(scale: Scale, hung: number): Promise<Figures> {
  return withTruth(async (truth, directory) => {
    const paths = pathsOf(scale, hung);
    const subject = await startSubject({
      urls: paths.all.map((path) => truth.url(path)),
      intervalMs: scale.intervalMs,
      timeoutMs: 5_000,
      storePath: join(directory, 'store.db'),
    });
    try {
      const usage = startUsageSampler([subject.pid]);
      await systemClock.sleep(scale.durationMs);
      const used = usage.stop();
      const account = await subject.stop();
      const arrivals = byPath(await truth.arrivals());
      return {
        schedule: judgeSchedule(arrivals, {
          paths: paths.innocent,
          intervalMs: scale.intervalMs,
          sinceMs: subject.watchingSinceMs,
        }),
        latencyErrors: latencyErrors(account.samples, arrivals, new Set(paths.innocent)),
        usage: used,
        startMs: subject.watchingSinceMs - subject.launchedAtMs,
        samples: account.samples.length,
        suspect: account.samples.filter((sample) => sample.outcome === 'suspect').length,
        missedSlots: account.missedSlots,
        loopLagMs: account.loopLagMs,
      };
    } finally {
      subject.kill();
    }
  });
}

async function measurePeer(scale: Scale, options: BenchOptions): Promise<Figures | null> {
  if (missingPeerPrograms().length > 0) return null;
  options.log(`the same by ${PEER} ...`);
  return withTruth(async (truth) => {
    const { all } = pathsOf(scale, 0);
    const launchedAtMs = monotonicMs();
    const peer = await startBlackbox(
      all.map((path) => truth.url(path)),
      scale.intervalMs,
    );
    try {
      const usage = startUsageSampler(peer.pids);
      await systemClock.sleep(scale.durationMs);
      const used = usage.stop();
      const latencies = await peer.latencies();
      const arrivals = byPath(await truth.arrivals());
      const answered = [...arrivals.values()].flat().filter((arrival) => arrival.answeredAtMs !== null);
      // Its samples carry no time of their own start, so that they are held against the mean truth.
      const trueMs =
        answered.reduce((sum, arrival) => sum + (arrival.answeredAtMs ?? 0) - arrival.atMs, 0) /
        answered.length;
      return {
        schedule: judgeSchedule(arrivals, {
          paths: all,
          intervalMs: scale.intervalMs,
          sinceMs: launchedAtMs,
        }),
        latencyErrors: latencies.map((latency) => Math.abs(latency - trueMs)),
        usage: used,
        startMs: 0,
        samples: latencies.length,
        suspect: 0,
        missedSlots: 0,
        loopLagMs: 0,
      };
    } finally {
      peer.stop();
    }
  });
}

function rowsFor(
  prefix: string,
  scale: Scale,
  ours: Figures,
  peer: Figures | null,
  quick: boolean,
): BenchRow[] {
  const figure = (
    name: string,
    unit: string,
    pick: (figures: Figures) => number | null | undefined,
    limit: number | null,
    samples: number | undefined,
    note?: string,
  ): BenchRow => {
    const value = pick(ours);
    const theirs = peer === null ? null : pick(peer);
    return row({
      name: `${prefix}${name}`,
      value: value === undefined || value === null || Number.isNaN(value) ? null : rounded(value),
      unit,
      ...(limit === null ? {} : { goal: { op: '<=', value: limit } }),
      ...(typeof theirs === 'number' ? { peer: { name: PEER, value: rounded(theirs) } } : {}),
      ...(samples === undefined ? {} : { samples }),
      ...(note === undefined ? {} : { note }),
    });
  };
  const checks = ours.schedule?.checks;
  // At 2 s the load is two times that of the claim, so that a quick look judges no cost.
  const cost = (limit: number): number | null => (quick ? null : limit);
  return [
    figure(
      'first check of all',
      'ms',
      (one) => one.schedule?.firstCheckOfAllMs,
      scale.intervalMs,
      scale.endpoints,
      `watching ${rounded(ours.startMs)} ms after launch`,
    ),
    figure('interval error p50', 'ms', (one) => one.schedule?.intervalErrorP50Ms, null, checks),
    figure('interval error p99', 'ms', (one) => one.schedule?.intervalErrorP99Ms, 50, checks),
    figure('drift per check', 'ms', (one) => one.schedule?.driftPerCheckMs, 0.05, checks),
    figure(
      'latency error p50',
      'ms',
      (one) => quantile(one.latencyErrors, 0.5),
      null,
      ours.latencyErrors.length,
    ),
    figure(
      'latency error p99',
      'ms',
      (one) => quantile(one.latencyErrors, 0.99),
      5,
      ours.latencyErrors.length,
    ),
    figure('memory, largest', 'MB', (one) => one.usage?.maxRssMb, cost(150), undefined),
    figure(
      'CPU share of a core',
      '%',
      (one) => (one.usage === null ? null : one.usage.cpuShare * 100),
      cost(10),
      undefined,
    ),
    figure(
      'suspect samples',
      '%',
      (one) => (100 * one.suspect) / one.samples,
      null,
      ours.samples,
      `our own delay, p99 ${rounded(ours.loopLagMs)} ms at worst; kept out of the latency error`,
    ),
    figure('missed slots', '', (one) => one.missedSlots, null, ours.samples),
  ];
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
