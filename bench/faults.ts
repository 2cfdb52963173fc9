import { cp, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding } from '../src/core/finding.ts';
import type { Report } from '../src/core/report.ts';
import {
  copyScenarios,
  demoConfig,
  type Fault,
  FAULT_NAMES,
  FAULTS,
  type FaultName,
  type RunningDemo,
  startDemo,
} from '../demo/index.ts';
import { type BenchRow, defineBenchmark, row } from './lib/bench.ts';
import { runCli } from './lib/cli.ts';

const HEALTHY_RUNS = { quick: 2, full: 10 };
/** Probes of each dependency while it is healthy, to compare with later. */
const SAMPLES_OF_PAST = 30;
/** Longer than the shop waits for any partner. */
const SETTLE_MS = 3_500;
const CHECK = ['check'] as const;
const FIRST_RELEASE = '1.0.0';
const NEXT_RELEASE = '2.0.0';
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
      await runCli(['api-health-monitor', 'baseline', '--json'], healthy);
      await runCli(
        ['dependency-health-checker', 'status', '--samples', String(SAMPLES_OF_PAST), '--json'],
        healthy,
      );
      await runCli(['error-analyzer', 'analyze', '--json'], healthy);
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

async function prepareFolder(root: string, name: string, demo: RunningDemo): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await copyScenarios(folder);
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify(demoConfig(demo), null, 2));
  return folder;
}

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
  // Errors of the fault before are no news of this one: the log begins again, as `copytruncate` of logrotate lets it.
  await truncate(demo.logPath);
  if (planted.afterDeploy) {
    await demo.deploy(NEXT_RELEASE);
    await runCli(['deploy', 'mark', '--release', NEXT_RELEASE, '--json'], folder);
  }
  await demo.setFaults([fault]);
  try {
    const { rule } = planted;
    return rule === null ? await silentRows(fault, folder) : await foundRows(fault, planted, rule, folder);
  } finally {
    await demo.setFaults([]);
    // Requests that still wait for something may fail for a moment.
    await delay(SETTLE_MS);
    if (planted.afterDeploy) await demo.deploy(FIRST_RELEASE);
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

/**
 * The subject of a finding is a concrete path where the fault names a template of the OpenAPI document. Elsewhere its
 * name is that of the fault, or begins with it: `payment-tls 127.0.0.1:443`, `shop-database SELECT orders 3f9a1c20`. An
 * error is known by its title.
 */
function isAt({ subject, title }: Finding, { endpoint, subject: planted, error }: Fault): boolean {
  if (error !== undefined) return title.includes(error);
  if (planted !== undefined) {
    return subject.name.startsWith(planted) && /^(?:[ ,]|$)/.test(subject.name.slice(planted.length));
  }
  if (endpoint === null) return true;
  const pattern = endpoint.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{[^}]+\}/g, '[^/?]+');
  return new RegExp(`(^| )${pattern}(\\?|$)`).test(subject.name);
}

async function reportOf(argv: readonly string[], folder: string): Promise<Report> {
  const { stdout } = await runCli([...argv, '--json'], folder);
  return JSON.parse(stdout) as Report;
}

/** What makes load, each once: a healthy shop bears it. */
function loadCommands(): (readonly string[])[] {
  const lines = FAULT_NAMES.flatMap((name) => FAULTS[name].run?.join(' ') ?? []);
  return [...new Set(lines)].map((line) => line.split(' '));
}

function openFindings(report: Report): Finding[] {
  return report.findings.filter(
    ({ state, severity }) => state !== 'resolved' && state !== 'muted' && severity !== 'info',
  );
}
