import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  copyScenarios,
  demoConfig,
  type Fault,
  FAULTS,
  type FaultName,
  type RunningDemo,
} from '../../../demo/index.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report } from '../../../src/core/report.ts';
import { runCli } from '../cli.ts';

export const FIRST_RELEASE = '1.0.0';
const NEXT_RELEASE = '2.0.0';
/** Probes of each dependency while it is healthy, to compare with later. */
const SAMPLES_OF_PAST = 30;
/** Longer than the shop waits for any partner. */
const SETTLE_MS = 3_500;

/** A folder with the config of the demo, as a user would have it. */
export async function prepareFolder(root: string, name: string, demo: RunningDemo): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await copyScenarios(folder);
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify(demoConfig(demo), null, 2));
  return folder;
}

/** A baseline of the healthy shop, and a past of what it needs and what it logs. */
export async function measureHealthy(folder: string): Promise<void> {
  await runCli(['api-health-monitor', 'baseline', '--json'], folder);
  await runCli(
    ['dependency-health-checker', 'status', '--samples', String(SAMPLES_OF_PAST), '--json'],
    folder,
  );
  await runCli(['error-analyzer', 'analyze', '--json'], folder);
}

export async function plantFault(demo: RunningDemo, fault: FaultName, folder: string): Promise<void> {
  // Errors of the fault before are no news of this one: the log begins again, as `copytruncate` of logrotate lets it.
  await truncate(demo.logPath);
  if (afterDeploy(fault)) {
    await demo.deploy(NEXT_RELEASE);
    await runCli(['deploy', 'mark', '--release', NEXT_RELEASE, '--json'], folder);
  }
  await demo.setFaults([fault]);
}

function afterDeploy(fault: FaultName): boolean {
  const planted: Fault = FAULTS[fault];
  return planted.afterDeploy === true;
}

export async function healFault(demo: RunningDemo, fault: FaultName): Promise<void> {
  await demo.setFaults([]);
  // Requests that still wait for something may fail for a moment.
  await delay(SETTLE_MS);
  if (afterDeploy(fault)) await demo.deploy(FIRST_RELEASE);
}

/**
 * The subject of a finding is a concrete path where the fault names a template of the OpenAPI document. Elsewhere its
 * name is that of the fault, or begins with it: `payment-tls 127.0.0.1:443`, `shop-database SELECT orders 3f9a1c20`. An
 * error is known by its title.
 */
export function isAt({ subject, title }: Finding, { endpoint, subject: planted, error }: Fault): boolean {
  if (error !== undefined) return title.includes(error);
  if (planted !== undefined) {
    return subject.name.startsWith(planted) && /^(?:[ ,]|$)/.test(subject.name.slice(planted.length));
  }
  if (endpoint === null) return true;
  const pattern = endpoint.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{[^}]+\}/g, '[^/?]+');
  return new RegExp(`(^| )${pattern}(\\?|$)`).test(subject.name);
}

export async function reportOf(argv: readonly string[], folder: string): Promise<Report> {
  const { stdout } = await runCli([...argv, '--json'], folder);
  return JSON.parse(stdout) as Report;
}

export function openFindings(report: Report): Finding[] {
  return report.findings.filter(
    ({ state, severity }) => state !== 'resolved' && state !== 'muted' && severity !== 'info',
  );
}
