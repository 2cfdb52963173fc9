import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Fault,
  FAULT_NAMES,
  FAULTS,
  type FaultName,
  type RunningDemo,
  startDemo,
} from '../../../demo/index.ts';
import { parseDuration } from '../../../src/core/duration.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { loadBuiltinTools } from '../../../src/tools/registry.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import {
  FIRST_RELEASE,
  healFault,
  isAt,
  measureHealthy,
  openFindings,
  plantFault,
  prepareFolder,
  reportOf,
} from '../faults/planted.ts';

/** One of each tool that sees faults in `check`. */
const QUICK: readonly FaultName[] = ['slow-endpoint', 'missing-index', 'parent-down'];
const MAX_CHECKS = 3;
/** Some rules want to see quiet for a while before they say that something is over. */
const MAX_VERIFIES = 4;
const STANDS = 1;
const GONE = 0;

/**
 * What `verify` says of a finding of every fault: that it stands while the fault is on, and that it is gone once it is off. The program is run
 * as a user runs it.
 */
export async function verifyRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'rearguard-verify-'));
  log('starting the demo shop');
  const demo = await startDemo({ quiet: true, release: FIRST_RELEASE, onProgress: log });
  try {
    const healthy = await prepareFolder(root, 'healthy', demo);
    await measureHealthy(healthy);
    await runCli(['check', '--json'], healthy);
    const rows: BenchRow[] = [];
    const proven = new Set<string>();
    for (const fault of FAULT_NAMES.filter((name) => !quick || QUICK.includes(name))) {
      const planted: Fault = FAULTS[fault];
      if (planted.rule === null) continue;
      log(`fault ${fault}`);
      const folder = join(root, fault);
      await cp(healthy, folder, { recursive: true });
      const verdicts = await verdictsOf(demo, fault, planted, folder);
      rows.push(...verdictRows(fault, planted, verdicts));
      if (verdicts?.on === STANDS && verdicts.off === GONE) proven.add(planted.rule);
    }
    return [...rows, await coverageRow(proven)];
  } finally {
    await demo.stop();
    await rm(root, { recursive: true, force: true });
  }
}

interface Verdicts {
  /** Exit codes of `verify`. */
  on: number;
  off: number;
  /** How often it was asked until it said "gone". */
  asked: number;
}

/** null: it was not found, so there was nothing to verify. */
async function verdictsOf(
  demo: RunningDemo,
  fault: FaultName,
  planted: Fault,
  folder: string,
): Promise<Verdicts | null> {
  await plantFault(demo, fault, folder);
  let on: { id: string; exitCode: number; quietMs: number } | null = null;
  try {
    for (let attempt = 0; attempt < MAX_CHECKS && on === null; attempt += 1) {
      const findings = openFindings(await reportOf(planted.run ?? ['check'], folder));
      const found = findings.find((finding) => finding.rule === planted.rule && isAt(finding, planted));
      if (found) {
        on = { id: found.id, exitCode: await verify(found.id, folder), quietMs: quietTimeOf(found) };
      }
    }
  } finally {
    await healFault(demo, fault);
  }
  if (on === null) return null;
  await sleep(on.quietMs);
  let off = await verify(on.id, folder);
  let asked = 1;
  for (; off !== GONE && asked < MAX_VERIFIES; asked += 1) off = await verify(on.id, folder);
  return { on: on.exitCode, off, asked };
}

/** An error is gone when it was not seen for as long as its own rate asks for. */
function quietTimeOf({ verify: { check } }: Finding): number {
  const { unseenFor } = check.input;
  return typeof unseenFor === 'string' ? (parseDuration(unseenFor) ?? 0) : 0;
}

async function verify(id: string, folder: string): Promise<number> {
  return (await runCli(['verify', id, '--json'], folder)).exitCode;
}

function verdictRows(fault: FaultName, { rule }: Fault, verdicts: Verdicts | null): BenchRow[] {
  if (verdicts === null) return [notRun(`${fault}: verify`, 'exit code', `${rule} did not report it`)];
  return [
    row({
      name: `${fault}: verify while it is on`,
      value: verdicts.on,
      unit: 'exit code',
      goal: { op: '=', value: STANDS },
    }),
    row({
      name: `${fault}: verify once it is off`,
      value: verdicts.off,
      unit: 'exit code',
      goal: { op: '=', value: GONE },
      samples: verdicts.asked,
    }),
  ];
}

/** Rules without a fault in the demo are proven by the tests of their tools only. */
async function coverageRow(proven: ReadonlySet<string>): Promise<BenchRow> {
  const tools = await loadBuiltinTools();
  const rules = tools.flatMap((tool) => tool.rules.map(({ id }) => id));
  return row({
    name: 'rules whose verify was proven on a fault',
    value: proven.size,
    unit: 'rules',
    note: `of ${rules.length} in the catalogue`,
  });
}
