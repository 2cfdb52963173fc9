import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/platform/clock.ts';
import { createNetGuard } from '../src/platform/net-guard.ts';
import { probeHttp } from '../src/platform/probe/http-probe.ts';
import type { ProbeOutcome, ProbeResult } from '../src/platform/probe/types.ts';
import { createLocalAuthority } from '../src/platform/test-support/local-ca.ts';
import { workerEntry } from '../src/platform/worker-entry.ts';
import { type BenchOptions, type BenchRow, defineBenchmark, notRun, row } from './lib/bench.ts';
import { type CurlTiming, curlVersion, timeWithCurl } from './lib/curl.ts';
import type { PhaseServerPorts } from './lib/phase-server.ts';

const FULL_RUNS = 60;
const QUICK_RUNS = 14;
/** Not counted: until then the server and we still compile what runs often, and each turn is faster than the one before. */
const WARM_UP_RUNS = 15;
/** Lets a process that ended, and what it left to do here, be over before the next turn. */
const PAUSE_MS = 50;
const PARTS = ['dns', 'connect', 'tls', 'answer', 'transfer', 'total'] as const;

/** Whether each phase is what curl measures, on TLS with 30 ms of think time and a slow body of 2 MB. */
export const benchmark = defineBenchmark({
  name: 'phases',
  summary: 'phases of a probe beside those of curl, and whether they sum to the total',
  async run(options) {
    const authority = await createLocalAuthority();
    const child = fork(fileURLToPath(workerEntry(import.meta.url, './lib/phase-server')));
    try {
      child.send(await authority.issue());
      const [ports] = (await once(child, 'message')) as [PhaseServerPorts];
      return await compare(ports, authority.certPem, options);
    } finally {
      child.kill();
    }
  },
});

async function compare(ports: PhaseServerPorts, ca: string, options: BenchOptions): Promise<BenchRow[]> {
  const curl = await curlVersion();
  const scenarios = [
    { name: 'direct', hops: 1, url: `https://localhost:${ports.direct}/body` },
    { name: 'two redirects', hops: 3, url: `https://localhost:${ports.direct}/first` },
    { name: '40 ms away', hops: 1, url: `https://localhost:${ports.distant}/body` },
    { name: '40 ms away, two redirects', hops: 3, url: `https://localhost:${ports.distant}/first` },
  ];
  const rows: BenchRow[] = [];
  const all: ProbeResult[] = [];
  const runs = options.quick ? QUICK_RUNS : FULL_RUNS;
  const withCurl = curl !== undefined;
  await interleave(`https://localhost:${ports.direct}/body`, ca, WARM_UP_RUNS, withCurl);
  for (const scenario of scenarios) {
    options.log(`phases: ${scenario.name}`);
    const { probes, curls } = await interleave(scenario.url, ca, runs, withCurl);
    all.push(...probes);
    rows.push(...differences(scenario, probes, curls, curl));
  }
  return [...rows, ...consistency(all)];
}

/** Turns taken one by one, so that what else the machine does falls on both. */
async function interleave(
  url: string,
  ca: string,
  runs: number,
  withCurl: boolean,
): Promise<{ probes: ProbeResult[]; curls: CurlTiming[] }> {
  const probes: ProbeResult[] = [];
  const curls: CurlTiming[] = [];
  for (let run = 0; run < runs; run += 1) {
    await systemClock.sleep(PAUSE_MS);
    probes.push(await probeOnce(url, ca));
    if (!withCurl) continue;
    await systemClock.sleep(PAUSE_MS);
    curls.push(await timeWithCurl(url));
  }
  return { probes, curls };
}

async function probeOnce(url: string, ca: string): Promise<ProbeResult> {
  const result = await probeHttp(
    {
      id: 'phases',
      url,
      method: 'GET',
      headers: {},
      kind: 'http',
      httpVersion: '1.1',
      maxRedirects: 5,
      tls: { ca },
      resolver: 'own',
      timeoutMs: 10_000,
      warm: true,
      assertions: [],
      maxBodyBytes: 1_000,
    },
    { clock: systemClock, guard: createNetGuard({ allowHosts: [] }) },
  );
  if (!result.cold.success) throw new Error(`${url}: ${result.cold.message ?? 'failed'}`);
  return result;
}

function differences(
  scenario: { name: string; hops: number },
  probes: readonly ProbeResult[],
  curls: readonly CurlTiming[],
  curl: string | undefined,
): BenchRow[] {
  return PARTS.map((part) => {
    const name = `${scenario.name}: ${part}, difference`;
    const ours = median(probes.map((probe) => partOf(probe.cold, part)));
    if (curl === undefined) return notRun(name, 'ms', `curl is not installed; ours is ${ours.toFixed(2)} ms`);
    const theirs = median(curls.map((timing) => timing[part]));
    return row({
      name,
      value: round(Math.abs(ours - theirs)),
      unit: 'ms',
      // 2 ms or 5 % of each hop; curl gives only their sum.
      goal: { op: '<=', value: round(Math.max(2 * scenario.hops, theirs * 0.05)) },
      peer: { name: curl, value: round(theirs) },
      samples: probes.length,
      note: `ours ${ours.toFixed(2)} ms; medians`,
    });
  });
}

function partOf({ phases, totalMs }: ProbeOutcome, part: (typeof PARTS)[number]): number {
  if (part === 'total') return totalMs;
  // curl has no point between the last byte of the request and the first of the answer.
  if (part === 'answer') return (phases.request ?? 0) + (phases.ttfb ?? 0);
  return phases[part] ?? 0;
}

function consistency(results: readonly ProbeResult[]): BenchRow[] {
  const hops = results.flatMap((result) => [...result.cold.hops, ...(result.warm?.hops ?? [])]);
  const gaps = hops.map((hop) => {
    const sum = Object.values(hop.phases).reduce<number>((total, phase) => total + (phase ?? 0), 0);
    return Math.abs(sum - hop.totalMs);
  });
  const warm = results.flatMap((result) => (result.warm === null ? [] : [result.warm]));
  const notNull = warm.filter(({ phases }) => (phases.dns ?? phases.connect ?? phases.tls) !== null);
  return [
    row({
      name: 'sum of phases, largest distance from the total of a hop',
      value: round(Math.max(...gaps)),
      unit: 'ms',
      goal: { op: '<=', value: 1 },
      samples: gaps.length,
    }),
    row({
      name: 'probes with a warm request',
      value: warm.length,
      unit: 'probes',
      goal: { op: '=', value: results.length },
      samples: results.length,
    }),
    row({
      name: 'warm requests with a lookup, connection or TLS phase',
      value: notNull.length,
      unit: 'probes',
      goal: { op: '=', value: 0 },
      samples: warm.length,
    }),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
