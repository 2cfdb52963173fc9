import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import { groupBy } from '../../../core/group-by.ts';
import type { Severity } from '../../../core/severity.ts';
import type { CertificateSummary, TlsProblem, TlsSummary } from '../../../platform/probe/types.ts';

const DAY_MS = 86_400_000;
const MAX_PLACES = 5;

/** The certificates one place showed in one handshake. */
export interface ServedTls {
  /** The target or dependency they belong to. */
  owner: string;
  /** `api.example.com:443`, or one of the addresses behind it: `10.0.0.7:443`. */
  place: string;
  location: string;
  tls: TlsSummary;
  /** Raises a finding about them again. */
  check: FindingDraft['check'];
}

export interface CertificateRules {
  invalid: Rule;
  expiring: Rule;
}

/** Days left for a finding of each severity. */
export interface ExpiryLimits {
  lowDays: number;
  highDays: number;
  criticalDays: number;
}

/**
 * What clients refuse, place by place, and what ends soon: each certificate once per owner, however many places show it.
 * `nowMs` is the wall clock.
 */
export function assessCertificates(
  served: readonly ServedTls[],
  rules: CertificateRules,
  limits: ExpiryLimits,
  nowMs: number,
): Assessment {
  const assessment = emptyAssessment();
  for (const [name, [first]] of groupBy(served, ({ owner, place }) => `${owner} ${place}`)) {
    if (first === undefined) continue;
    const subject: Subject = { kind: 'certificate', name, location: first.location };
    assessment.checked.push({ subject, rule: rules.invalid });
    if (first.tls.problems.length > 0) assessment.findings.push(invalid(first, subject, rules.invalid));
  }
  const shown = served.flatMap((one) => one.tls.chain.map((certificate) => ({ ...one, certificate })));
  for (const [name, group] of groupBy(shown, ({ owner, certificate }) => `${owner} ${certificate.subject}`)) {
    // The same name may stand in two certificates: one backend was renewed, the other forgotten.
    const [first] = group.toSorted((a, b) => a.certificate.notAfterMs - b.certificate.notAfterMs);
    if (first === undefined) continue;
    const subject: Subject = { kind: 'certificate', name, location: first.location };
    assessment.checked.push({ subject, rule: rules.expiring });
    const places = group
      .filter(({ certificate }) => certificate.fingerprint256 === first.certificate.fingerprint256)
      .map(({ place }) => place);
    const finding = expiring(
      { ...first, subject, places: [...new Set(places)] },
      rules.expiring,
      limits,
      nowMs,
    );
    if (finding) assessment.findings.push(finding);
  }
  return assessment;
}

interface ShownCertificate extends ServedTls {
  certificate: CertificateSummary;
  subject: Subject;
  places: readonly string[];
}

function expiring(
  { owner, certificate, subject, places, check }: ShownCertificate,
  rule: Rule,
  limits: ExpiryLimits,
  nowMs: number,
): FindingDraft | undefined {
  const daysLeft = (certificate.notAfterMs - nowMs) / DAY_MS;
  const severity = expirySeverity(daysLeft, limits);
  // An expired one is invalid, and is said there.
  if (severity === undefined || daysLeft <= 0) return undefined;
  return {
    rule: rule.id,
    severity,
    confidence: 'proven',
    title: `The certificate ${certificate.subject} of ${owner} ends in ${Math.floor(daysLeft)} days`,
    subject,
    evidence: [
      { label: 'days left', value: Number(daysLeft.toFixed(1)), unit: 'days' },
      { label: 'ends', value: new Date(certificate.notAfterMs).toISOString() },
      { label: 'issuer', value: certificate.issuer },
      { label: 'served by', value: places.slice(0, MAX_PLACES).join(', ') },
    ],
    impact: { summary: 'From that moment every client refuses the connection.', basis: 'modelled' },
    fix: {
      summary: rule.fix,
      steps: [
        'Renew the certificate and reload the server that presents it.',
        'Check that the renewal job runs and may write where the server reads.',
      ],
    },
    check,
  };
}

export function expirySeverity(daysLeft: number, limits: ExpiryLimits): Severity | undefined {
  if (daysLeft <= limits.criticalDays) return 'critical';
  if (daysLeft <= limits.highDays) return 'high';
  return daysLeft <= limits.lowDays ? 'low' : undefined;
}

const PROBLEM_TEXT: Readonly<Record<TlsProblem, string>> = {
  expired: 'has expired',
  'not-yet-valid': 'is not valid yet',
  'name-mismatch': 'is for another name',
  'unknown-issuer': 'comes from an issuer that is not trusted',
  'missing-intermediate': 'is served without its intermediate',
  'self-signed': 'is self-signed',
  'weak-key': 'has a weak key',
  revoked: 'is revoked',
  other: 'does not verify',
};

function invalid({ tls, check }: ServedTls, subject: Subject, rule: Rule): FindingDraft {
  const { problems, chain } = tls;
  return {
    rule: rule.id,
    severity: rule.severity,
    confidence: 'proven',
    title: `The certificate of ${subject.name} ${problems.map((problem) => PROBLEM_TEXT[problem]).join(' and ')}`,
    subject,
    evidence: [{ label: 'reasons', value: problems.join(', ') }, ...chain.slice(0, 1).flatMap(leafEvidence)],
    impact: { summary: 'Clients that verify certificates cannot connect.', basis: 'measured' },
    fix: {
      summary: rule.fix,
      steps: ['If it comes from a private authority, name its certificate in the config: tls.caFile.'],
    },
    check,
  };
}

function leafEvidence(leaf: CertificateSummary): Evidence[] {
  const [from, to] = [leaf.notBeforeMs, leaf.notAfterMs].map((atMs) => new Date(atMs).toISOString());
  return [
    { label: 'names in it', value: leaf.names.join(', ') || leaf.subject },
    { label: 'valid', value: `${from} to ${to}` },
  ];
}
