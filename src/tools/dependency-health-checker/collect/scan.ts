import type { ProbePlan } from '../../../platform/probe/plans.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { CertificateScan } from '../analyze/certificates.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';
import { redirectScanFor, tlsScanFor } from './plan.ts';
import { probeOnce } from './round.ts';
import type { MonitoredDependency } from './select.ts';

/** Whether TLS is spoken to it from the first byte. */
function speaksTls({ plan, dependency }: MonitoredDependency): boolean {
  return plan.kind === 'tls' || tlsScanFor(dependency, plan) !== undefined;
}

/**
 * One handshake with every address behind each name, and one request that follows redirects. `newest` are ordinary
 * results: tls:// has been scanned by them, and a protocol that upgraded shows its certificate in them.
 */
export async function scanCertificates(
  ctx: Pick<CommandContext<DependencyOptions>, 'probes' | 'options'>,
  dependencies: readonly MonitoredDependency[],
  newest: (name: string) => ProbeResult | undefined,
  signal: AbortSignal,
): Promise<CertificateScan[]> {
  const plansOf = (choose: (monitored: MonitoredDependency) => ProbePlan | undefined): ProbePlan[] =>
    dependencies.flatMap((monitored) => choose(monitored) ?? []);
  const [addresses, hops] = await Promise.all([
    probeOnce(
      ctx,
      plansOf((monitored) => addressPlan(monitored, newest(monitored.name))),
      signal,
    ),
    probeOnce(
      ctx,
      plansOf((monitored) => hopPlan(monitored, newest(monitored.name))),
      signal,
    ),
  ]);
  return dependencies.map((monitored) => {
    const { name, plan } = monitored;
    const ordinary = newest(name) ?? null;
    return {
      monitored,
      addresses: addresses.get(name) ?? (speaksTls(monitored) ? ordinary : null),
      hops: hops.get(name) ?? (plan.kind === 'tls' ? null : ordinary),
    };
  });
}

function addressPlan(
  { plan, dependency }: MonitoredDependency,
  newest: ProbeResult | undefined,
): ProbePlan | undefined {
  if (plan.kind === 'tls') return newest === undefined ? plan : undefined;
  return isOutOfReach(newest) ? undefined : tlsScanFor(dependency, plan);
}

/** Redirects, and protocols that upgrade to TLS where no ordinary probe has shown their certificate. */
function hopPlan({ plan }: MonitoredDependency, newest: ProbeResult | undefined): ProbePlan | undefined {
  if (isOutOfReach(newest)) return undefined;
  const upgrades = 'encryption' in plan && plan.encryption === 'starttls';
  return upgrades && newest === undefined ? plan : redirectScanFor(plan);
}

/** It did not get as far as TLS on three connections: another one would wait for a deadline in vain. */
function isOutOfReach(newest: ProbeResult | undefined): boolean {
  return newest !== undefined && !newest.cold.success && newest.cold.hops.every(({ tls }) => tls === null);
}
