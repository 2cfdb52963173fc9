import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import { importAccessLog } from '../../../src/tools/load-tester/import/access-log/import.ts';
import { makePlan, type PlanContext } from '../../../src/tools/load-tester/scenario/make-plan.ts';
import type { LoadRequest } from '../../../src/tools/load-tester/scenario/plan-request.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import type { ArrivalAccount } from './arrival-server.ts';
import { arrivals } from '../../../src/core/load/plan-fixture.ts';
import { benchPlan, runPlan } from './load-run.ts';
import { endpointOf, type LogSettings, type MadeLog, makeLog } from './made-log.ts';

const SETTINGS: Omit<LogSettings, 'sessions' | 'format'> = {
  seed: 11,
  // 40 requests a second: a lag of a millisecond, on a busy machine, is then a small part of the time between two.
  rate: 16,
  startMs: 1_760_000_000_000,
  pauseMs: 300,
};

/** A log of known mix and times, imported, and run against a server that writes down what comes when. */
export async function accessLogRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  return inTemporaryFolder(async (folder) => {
    const server = await startArrivalServer();
    try {
      const sessions = quick ? 320 : 1_920;
      const made = makeLog({ ...SETTINGS, sessions, format: 'nginx-json' });
      await writeFile(join(folder, 'access.log'), made.lines.join('\n'));
      const seconds = makeLog({ ...SETTINGS, sessions, format: 'combined' });
      await writeFile(join(folder, 'seconds.log'), seconds.lines.join('\n'));
      const played = async (what: string, scenario: string, load: LoadRequest): Promise<Played> => {
        log(what);
        const lag = await runLog(folder, server.url, scenario, load);
        return { ...(await server.account()), lag };
      };
      const sessionsRun = await played('sessions at the rates of the log', 'access.log', {});
      const replay = await played('replay', 'access.log', { speed: 1 });
      const fromSeconds = await played('replay of a log with whole seconds', 'seconds.log', { speed: 1 });
      const twice = await played('replay at twice the speed', 'access.log', { speed: 2 });
      return [
        ...fidelity('sessions', made, sessionsRun),
        ...fidelity('replay', made, replay),
        ...fidelity('replay, log of whole seconds', seconds, fromSeconds),
        speedRow(replay, twice),
        ...(await importRows(folder, quick ? 100_000 : 1_000_000, log)),
      ];
    } finally {
      await server.stop();
    }
  });
}

/** What came at the server, and how late the generator was by its own word. */
interface Played extends ArrivalAccount {
  lag: string;
}

async function runLog(folder: string, url: string, scenario: string, load: LoadRequest): Promise<string> {
  const { limits } = benchPlan(url, arrivals(1, 1), { limits: { maxConnections: 200 } });
  const { plan } = await makePlan(context(folder), { baseUrl: url, scenario, load, unsafe: false, limits });
  const { lag } = (await runPlan(plan, { workers: 1 })).figures;
  return `own lag p50 ${round(lag.p50?.ms ?? Number.NaN)} ms, p99 ${round(lag.p99?.ms ?? Number.NaN)} ms`;
}

/** What makePlan asks of the world for an access log. */
function context(folder: string): PlanContext {
  const quiet = (): void => undefined;
  return {
    targets: [],
    files: systemFiles,
    directory: folder,
    signal: new AbortController().signal,
    clock: systemClock,
    log: { debug: quiet, info: quiet, warn: quiet },
    progress: quiet,
  } as unknown as PlanContext;
}

function fidelity(name: string, made: MadeLog, { atMs, paths, lag }: Played): BenchRow[] {
  const wanted = new Map(made.mix);
  const came = new Map<string, number>();
  for (const path of paths) came.set(endpointOf(path), (came.get(endpointOf(path)) ?? 0) + 1);
  const total = made.lines.length;
  const points = [...new Set([...wanted.keys(), ...came.keys()])].map((endpoint) =>
    Math.abs((wanted.get(endpoint) ?? 0) / total - (came.get(endpoint) ?? 0) / Math.max(1, paths.length)),
  );
  return [
    row({
      name: `${name}: largest difference of an endpoint's share`,
      value: round(Math.max(...points) * 100),
      unit: 'points',
      goal: { op: '<=', value: 1 },
      samples: paths.length,
    }),
    row({
      name: `${name}: inter-arrival times at the server beside the log's (Kolmogorov-Smirnov)`,
      value: round(ksDistance(gaps(made.timesMs), gaps(atMs))),
      unit: '',
      goal: { op: '<=', value: 0.05 },
      samples: atMs.length,
      note: lag,
    }),
  ];
}

function speedRow(once: ArrivalAccount, twice: ArrivalAccount): BenchRow {
  const rate = ({ atMs }: ArrivalAccount): number => atMs.length / ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0));
  return row({
    name: '--speed 2: rate beside twice that of --speed 1',
    value: round(Math.abs(rate(twice) / rate(once) / 2 - 1) * 100),
    unit: '% off',
    goal: { op: '<=', value: 5 },
    samples: twice.atMs.length,
  });
}

async function importRows(folder: string, lines: number, log: (line: string) => void): Promise<BenchRow[]> {
  log(`a log of ${lines} lines`);
  const path = join(folder, 'large.log');
  await writeLarge(path, lines);
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const startedMs = performance.now();
  await importAccessLog(context(folder), path, { target: 'shop', replay: false });
  const tookMs = performance.now() - startedMs;
  clearInterval(timer);
  return [
    row({ name: `import of ${lines} lines`, value: round(tookMs / 1_000), unit: 's', samples: lines }),
    row({
      name: `import of ${lines} lines: more memory at its height`,
      value: round((peak - before) / 2 ** 20),
      unit: 'MiB',
      goal: { op: '<=', value: 256 },
      samples: lines,
    }),
  ];
}

/** In parts, so that writing it is no part of the memory that importing it takes. */
async function writeLarge(path: string, lines: number): Promise<void> {
  const file = createWriteStream(path);
  let written = 0;
  for (let part = 0; written < lines; part += 1) {
    const startMs = SETTINGS.startMs + part * 500_000;
    const made = makeLog({ ...SETTINGS, seed: part, startMs, sessions: 20_000, format: 'combined' });
    const some = made.lines.slice(0, lines - written);
    written += some.length;
    if (!file.write(`${some.join('\n')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

function gaps(times: readonly number[]): number[] {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.slice(1).map((time, index) => time - sorted[index]!);
}

/** Largest distance of two empirical distributions. */
function ksDistance(left: readonly number[], right: readonly number[]): number {
  const a = left.toSorted((x, y) => x - y);
  const b = right.toSorted((x, y) => x - y);
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i += 1;
    while (j < b.length && b[j]! <= value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

async function startArrivalServer() {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './arrival-server')));
  const hear = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0];
  const port = (await hear()) as number;
  return {
    url: `http://127.0.0.1:${port}`,
    async account(): Promise<ArrivalAccount> {
      const account = hear() as Promise<ArrivalAccount>;
      child.send('account');
      return account;
    },
    async stop(): Promise<void> {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
