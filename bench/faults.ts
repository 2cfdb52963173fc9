import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../src/core/finding.ts';
import {
  type Fault,
  FAULT_NAMES,
  FAULTS,
  type FaultName,
  type RunningDemo,
  startDemo,
} from '../demo/index.ts';
import { type BenchRow, defineBenchmark, row } from './lib/bench.ts';
import {
  FIRST_RELEASE,
  healFault,
  isAt,
  measureHealthy,
  openFindings,
  plantFault,
  prepareFolder,
  reportOf,
} from './lib/faults/planted.ts';

const HEALTHY_RUNS = { quick: 2, full: 10 };
const CHECK = ['check'] as const;
/** A fault that is not found by then is not found. */
const MAX_CHECKS = 3;

/**
 * The fault matrix: the healthy shop must stay silent, and each fault alone must be found by the right rule and nothing else. The
 * program is run as a user runs it, against a baseline that was taken while the shop was healthy.
 */
export const benchmark = defineBenchmark({
  name: 'faults',
  summary: 'the healthy demo stays silent; each fault alone is found, by the right rule, and how fast',
  async run({ quick, log }) {
    const root = await mkdtemp(join(tmpdir(), 'rearguard-faults-'));
    log('starting the demo shop');
    const demo = await startDemo({ quiet: true, release: FIRST_RELEASE, onProgress: log });
    try {
      const healthy = await prepareFolder(root, 'healthy', demo);
      log('taking a baseline of the healthy shop, and a past of what it needs');
      await measureHealthy(healthy);
      const rows = await healthyRows(healthy, quick ? HEALTHY_RUNS.quick : HEALTHY_RUNS.full, log);
      for (const fault of FAULT_NAMES) {
        const folder = join(root, fault);
        await cp(healthy, folder, { recursive: true });
        log(`fault ${fault}`);
        rows.push(...(await faultRows(demo, fault, folder)));
      }
      return rows;
    } finally {
      await demo.stop();
      await rm(root, { recursive: true, force: true });
    }
  },
});

async function healthyRows(folder: string, runs: number, log: (line: string) => void): Promise<BenchRow[]> {
  const loud: string[] = [];
  let blind = 0;
  const commands = [...Array.from({ length: runs }, () => CHECK), ...loadCommands()];
  for (const [index, argv] of commands.entries()) {
    const report = await reportOf(argv, folder);
    const found = openFindings(report);
    loud.push(...found.map(({ rule, subject }) => `${rule} ${subject.name}`));
    if (report.status === 'unknown') blind += 1;
    log(`healthy run ${index + 1} of ${commands.length}: ${report.status}, ${found.length} findings`);
  }
  return [
    row({
      name: 'healthy: findings above info',
      value: loud.length,
      unit: 'findings',
      goal: { op: '=', value: 0 },
      samples: commands.length,
      ...(loud.length > 0 ? { note: [...new Set(loud)].join('; ') } : {}),
    }),
    row({
      name: 'healthy: runs that could not judge',
      value: blind,
      unit: 'runs',
      goal: { op: '=', value: 0 },
      samples: commands.length,
    }),
  ];
}

async function faultRows(demo: RunningDemo, fault: FaultName, folder: string): Promise<BenchRow[]> {
  const planted: Fault = FAULTS[fault];
  await plantFault(demo, fault, folder);
  try {
    const { rule } = planted;
    return rule === null ? await silentRows(fault, folder) : await foundRows(fault, planted, rule, folder);
  } finally {
    await healFault(demo, fault);
  }
}

/** Of trouble that is none. */
async function silentRows(fault: FaultName, folder: string): Promise<BenchRow[]> {
  const found: Finding[] = [];
  for (let attempt = 0; attempt < MAX_CHECKS; attempt += 1)
    found.push(...openFindings(await reportOf(CHECK, folder)));
  return [findingsRow(`${fault}: findings above info, which must be none`, found, MAX_CHECKS)];
}

async function foundRows(
  fault: FaultName,
  planted: Fault,
  rule: string,
  folder: string,
): Promise<BenchRow[]> {
  const startedAt = performance.now();
  let seconds: number | null = null;
  let unrelated: Finding[] = [];
  for (let attempt = 0; attempt < MAX_CHECKS && seconds === null; attempt += 1) {
    const findings = openFindings(await reportOf(planted.run ?? CHECK, folder));
    const right = findings.filter((finding) => finding.rule === rule && isAt(finding, planted));
    unrelated = findings.filter(
      (finding) => !right.includes(finding) && planted.alsoReports?.includes(finding.rule) !== true,
    );
    if (right.length > 0) seconds = (performance.now() - startedAt) / 1_000;
  }
  return [
    row({
      name: `${fault}: found by ${rule}`,
      value: seconds === null ? 0 : 1,
      unit: 'found',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: `${fault}: time to find`,
      value: seconds === null ? null : Number(seconds.toFixed(1)),
      unit: 's',
    }),
    findingsRow(`${fault}: unrelated findings above info`, unrelated),
  ];
}

/** None is the goal. */
function findingsRow(name: string, found: readonly Finding[], samples = 1): BenchRow {
  const named = new Set(found.map(({ rule, subject, title }) => `${rule} ${subject.name} ${title}`));
  return row({
    name,
    value: found.length,
    unit: 'findings',
    goal: { op: '=', value: 0 },
    samples,
    ...(named.size > 0 ? { note: [...named].join('; ') } : {}),
  });
}

/** What makes load, each once: a healthy shop bears it. */
function loadCommands(): (readonly string[])[] {
  const lines = FAULT_NAMES.flatMap((name) => FAULTS[name].run?.join(' ') ?? []);
  return [...new Set(lines)].map((line) => line.split(' '));
}
