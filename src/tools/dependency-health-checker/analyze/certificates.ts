import { type Assessment } from '../../../core/assessment.ts';
import type { ProbeHop, ProbeResult, TlsSummary } from '../../../platform/probe/types.ts';
import {
  assessCertificates as assessServed,
  type ExpiryLimits,
  type ServedTls,
} from '../../_shared/certificates/assess.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import { RULES } from '../rules.ts';
import { checkOf, milder } from './finding.ts';

/** What looks at certificates saw of one dependency. */
export interface CertificateScan {
  monitored: MonitoredDependency;
  /** A handshake with every address behind the name; null where none was made. */
  addresses: ProbeResult | null;
  /** The request followed through its redirects, or the newest ordinary probe. */
  hops: ProbeResult | null;
}

/** Every address and every hop, leaf and intermediates; `nowMs` is the wall clock. */
export function assessCertificates(
  scans: readonly CertificateScan[],
  limits: ExpiryLimits,
  nowMs: number,
): Assessment {
  const rules = { invalid: RULES.certificateInvalid, expiring: RULES.certificateExpiring };
  const assessment = assessServed(scans.flatMap(servedBy), rules, limits, nowMs);
  const optional = new Set(
    scans.filter(({ monitored }) => monitored.dependency.optional).map(({ monitored }) => monitored.name),
  );
  return {
    ...assessment,
    findings: assessment.findings.map((finding) =>
      optional.has(finding.subject.name.split(' ', 1)[0] ?? '')
        ? { ...finding, severity: milder(finding.severity) }
        : finding,
    ),
  };
}

function servedBy({ monitored, addresses, hops }: CertificateScan): ServedTls[] {
  const served = (place: string, location: string, tls: TlsSummary): ServedTls => ({
    owner: monitored.name,
    place,
    location,
    tls,
    check: checkOf(monitored),
  });
  const scanned = withTls(addresses?.cold.hops ?? []);
  const host = hostOf(monitored);
  const byName = host === null ? [] : wholeName(scanned).map((tls) => served(host, monitored.location, tls));
  const isShared = byName.some(({ tls }) => tls.problems.length > 0);
  return [
    ...byName,
    ...scanned.map(({ url, tls }) =>
      // What every address serves was said of the name.
      served(placeOf(url), url, isShared ? { ...tls, problems: [] } : tls),
    ),
    ...withTls(hops?.cold.hops ?? []).map(({ url, tls }) => served(placeOf(url), url, tls)),
  ];
}

/** What all addresses agree on, as one; problems that only some have are left to those. */
function wholeName(scanned: readonly { tls: TlsSummary }[]): TlsSummary[] {
  const [first] = scanned;
  if (first === undefined) return [];
  const problemsOf = ({ tls }: { tls: TlsSummary }): string => [...tls.problems].sort().join(' ');
  const isSame = scanned.every((one) => problemsOf(one) === problemsOf(first));
  return [{ ...first.tls, problems: isSame ? first.tls.problems : [] }];
}

function withTls(hops: readonly ProbeHop[]): { url: string; tls: TlsSummary }[] {
  return hops.flatMap(({ url, tls }) => (tls === null ? [] : [{ url, tls }]));
}

function hostOf({ plan }: MonitoredDependency): string | null {
  if (plan.kind === 'dns' || plan.kind === 'domain') return null;
  return plan.kind === 'http' ? placeOf(plan.url) : `${plan.host}:${plan.port}`;
}

function placeOf(text: string): string {
  const url = new URL(text);
  return `${url.hostname}:${url.port === '' ? 443 : url.port}`;
}
