/** Must show 4, second half: what a watch makes of a clock that is set, and of its own standstill. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../src/platform/clock.ts';
import { packageRoot } from '../src/platform/worker-entry.ts';
import { type BenchRow, defineBenchmark, row } from './lib/bench.ts';
import { startSubject } from './lib/subject.ts';
import { type Arrival, byPath, startTruthServer } from './lib/truth.ts';
import type { NotedSample, WatchAccount } from './lib/watch-subject.ts';

const HOUR_MS = 3_600_000;
const ENDPOINTS = 60;
const INTERVAL_MS = 1_000;
const TRUE_LATENCY_MS = 50;
/** Undisturbed time between two disturbances. */
const CALM_MS = 5_000;

export const benchmark = defineBenchmark({
  name: 'clock',
  summary: 'Clock set by an hour both ways, and the process stopped: nothing negative, lost or invented',
  async run({ quick, log }) {
    const stopMs = quick ? 10_000 : 90_000;
    const directory = mkdtempSync(join(tmpdir(), 'rearguard-clock-'));
    const shiftFile = join(directory, 'shift-ms');
    const setClock = (shiftMs: number): void => writeFileSync(shiftFile, String(shiftMs));
    setClock(0);
    const truth = await startTruthServer(TRUE_LATENCY_MS);
    const paths = Array.from({ length: ENDPOINTS }, (_, index) => `/endpoint/${index}`);
    const preload = join(packageRoot(import.meta.url), 'bench/lib/stepped-clock.mjs');
    const subject = await startSubject(
      {
        urls: paths.map((path) => truth.url(path)),
        intervalMs: INTERVAL_MS,
        timeoutMs: INTERVAL_MS,
        storePath: join(directory, 'store.db'),
      },
      {
        execArgv: ['--import', pathToFileURL(preload).href],
        env: { STEPPED_CLOCK_FILE: shiftFile },
      },
    );
    try {
      await systemClock.sleep(CALM_MS);
      log('setting the clock forward by an hour ...');
      setClock(HOUR_MS);
      await systemClock.sleep(CALM_MS);
      log('and back ...');
      setClock(0);
      await systemClock.sleep(CALM_MS);
      log(`stopping the process for ${stopMs / 1_000} s ...`);
      process.kill(subject.pid, 'SIGSTOP');
      await systemClock.sleep(stopMs);
      process.kill(subject.pid, 'SIGCONT');
      await systemClock.sleep(CALM_MS);
      const account = await subject.stop();
      return judge(account, byPath(await truth.arrivals()), stopMs);
    } finally {
      subject.kill();
      truth.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
});

function judge(
  account: WatchAccount,
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
  stopMs: number,
): BenchRow[] {
  const { samples, gaps, missedSlots } = account;
  const slots = countSlots(account, arrivals);
  const steps = gaps.filter((gap) => gap.reason === 'clock-stepped');
  const stops = gaps.filter((gap) => gap.reason === 'process-stopped');
  const [longestStop] = stops.map((gap) => gap.toMs - gap.fromMs).toSorted((a, b) => b - a);
  const none = { op: '=', value: 0 } as const;
  return [
    row({
      name: 'samples with a negative duration',
      value: samples.filter((sample) => sample.smallestMs < 0).length,
      unit: '',
      goal: none,
      samples: samples.length,
    }),
    row({
      name: 'slots lost: neither a sample nor counted as missed',
      value: slots.due - slots.sampled - missedSlots,
      unit: '',
      goal: none,
      samples: slots.due,
      note: `${missedSlots} slots missed, all counted`,
    }),
    row({
      name: 'samples invented: more answers than arrivals',
      value: slots.invented,
      unit: '',
      goal: none,
      samples: samples.length,
    }),
    row({
      name: 'samples not in the store',
      value: samples.length - account.stored,
      unit: '',
      goal: none,
      samples: account.stored,
    }),
    row({ name: 'gaps for two clock steps', value: steps.length, unit: '', goal: { op: '=', value: 2 } }),
    row({
      name: 'largest error of their length',
      value: Math.max(...steps.map((gap) => Math.abs(gap.toMs - gap.fromMs - HOUR_MS))),
      unit: 'ms',
      goal: { op: '<=', value: 50 },
    }),
    row({
      name: 'gaps that say the process stood still',
      value: stops.length,
      unit: '',
      goal: { op: '>=', value: 1 },
    }),
    row({
      name: 'error of its length',
      value: longestStop === undefined ? null : Math.abs(longestStop - stopMs),
      unit: 'ms',
      goal: { op: '<=', value: 1_000 },
      note: `reported ${((longestStop ?? 0) / 1_000).toFixed(1)} s`,
    }),
    row({
      name: 'held-up samples that would count',
      value: samples.filter((sample) => sample.totalMs > stopMs / 2 && sample.outcome !== 'suspect').length,
      unit: '',
      goal: none,
    }),
    row({
      name: 'most requests in a second after the stop',
      value: burstAfter(arrivals, stopMs),
      unit: '',
      goal: { op: '<=', value: ENDPOINTS * 1.5 },
      note: `${ENDPOINTS} a second are due`,
    }),
  ];
}

interface SlotCount {
  due: number;
  sampled: number;
  invented: number;
}

/**
 * Slots by the truth's own notes: a path is due every interval from its first arrival on. Counted up to half an interval
 * past the last slot before the end, where no jitter can move an arrival across; what was in flight at the end is no slot.
 */
function countSlots(account: WatchAccount, arrivals: ReadonlyMap<string, readonly Arrival[]>): SlotCount {
  const count = { due: 0, sampled: 0, invented: 0 };
  for (const [path, list] of arrivals) {
    const samples = account.samples.filter((sample: NotedSample) => sample.path === path);
    const firstMs = list[0]?.atMs ?? Number.NaN;
    const slots = Math.floor((account.endedAtMs - firstMs) / INTERVAL_MS - 0.5) + 1;
    const untilMs = firstMs + (slots - 0.5) * INTERVAL_MS;
    const arrived = list.filter((arrival) => arrival.atMs <= untilMs).length;
    // A request that was being sent when the process was stopped never arrived; its sample claims no answer.
    const unsent = Math.max(0, samples.length - list.length);
    const answered = samples.filter(({ outcome }) => outcome === 'ok').length;
    count.due += slots;
    count.sampled += Math.min(arrived, samples.length) + unsent;
    count.invented += Math.max(0, answered - list.length);
  }
  return count;
}

/** The fullest second of those that begin with an arrival after a pause of at least half the stop. */
function burstAfter(arrivals: ReadonlyMap<string, readonly Arrival[]>, stopMs: number): number {
  const times = [...arrivals.values()]
    .flat()
    .map((arrival) => arrival.atMs)
    .toSorted((a, b) => a - b);
  const resumed = times.findIndex((time, index) => index > 0 && time - (times[index - 1] ?? 0) > stopMs / 2);
  const after = resumed < 0 ? [] : times.slice(resumed);
  return Math.max(
    0,
    ...after.map((from) => after.filter((time) => time >= from && time < from + 1_000).length),
  );
}
