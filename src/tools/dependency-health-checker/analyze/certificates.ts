import { type Assessment } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type {
  ProbeHop,
  ProbeResult,
  TlsProblem,
  TlsSummary,
  TlsVerification,
} from '../../../platform/probe/types.ts';
import {
  assessCertificates as assessServed,
  type ExpiryLimits,
  type ServedTls,
} from '../../_shared/certificates/assess.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import { RULES } from '../rules.ts';
import { checkOf, describeImpact, milder } from './finding.ts';

/** What looks at certificates saw of one dependency. */
export interface CertificateScan {
  monitored: MonitoredDependency;
  /** A handshake with every address behind the name; null where none was made. */
  addresses: ProbeResult | null;
  /** The request followed through its redirects, or the newest ordinary probe. */
  hops: ProbeResult | null;
}

export interface CertificateContext {
  graph: DependencyGraph;
  limits: ExpiryLimits;
  /** Wall clock. */
  nowMs: number;
}

/** Every address and every hop, leaf and intermediates. */
export function assessCertificates(
  scans: readonly CertificateScan[],
  { graph, limits, nowMs }: CertificateContext,
): Assessment {
  const rules = { invalid: RULES.certificateInvalid, expiring: RULES.certificateExpiring };
  const assessment = assessServed(scans.flatMap(servedBy), rules, limits, nowMs);
  const byName = new Map(scans.map(({ monitored }) => [monitored.name, monitored]));
  return {
    ...assessment,
    findings: assessment.findings.map((finding) => {
      const monitored = byName.get(ownerOf(finding));
      return monitored === undefined ? finding : weighed(finding, monitored, graph);
    }),
  };
}

/** Dependencies whose certificate clients refuse: it explains why no TLS comes about. */
export function refusedNames({ findings }: Pick<Assessment, 'findings'>): ReadonlySet<string> {
  return new Set(findings.filter(({ rule }) => rule === RULES.certificateInvalid.id).map(ownerOf));
}

/** The subject is the dependency and a place or a certificate of it. */
function ownerOf({ subject }: FindingDraft): string {
  return subject.name.split(' ', 1)[0] ?? '';
}

/** By who needs it, and by who looks at certificates at all. */
function weighed(
  finding: FindingDraft,
  { name, dependency, plan }: MonitoredDependency,
  graph: DependencyGraph,
): FindingDraft {
  if (verificationOf(plan) === 'none') {
    return {
      ...finding,
      severity: 'low',
      impact: {
        summary: 'Clients that verify certificates refuse it; its URL asks for none.',
        basis: 'modelled',
      },
    };
  }
  const users = describeImpact(graph.impactOf(name));
  const said = finding.impact?.summary.replace(/\.$/, '');
  return {
    ...finding,
    severity: dependency.optional ? milder(finding.severity) : finding.severity,
    ...(users === null || said === undefined
      ? {}
      : { impact: { summary: `${said}: ${users}.`, basis: 'modelled' } }),
  };
}

function verificationOf(plan: MonitoredDependency['plan']): TlsVerification {
  return ('tls' in plan ? plan.tls?.verify : undefined) ?? 'full';
}

/** What a client that verifies so much minds. That it has expired is worth a word in any case. */
function minded(verification: TlsVerification, problem: TlsProblem): boolean {
  if (verification === 'none') return problem === 'expired';
  return verification === 'full' || problem !== 'name-mismatch';
}

function servedBy({ monitored, addresses, hops }: CertificateScan): ServedTls[] {
  const verification = verificationOf(monitored.plan);
  const served = (place: string, location: string, tls: TlsSummary): ServedTls => ({
    owner: monitored.name,
    place,
    location,
    tls: { ...tls, problems: tls.problems.filter((problem) => minded(verification, problem)) },
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
