import type { FindingDraft, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import type { CertificateSummary, TlsProblem } from '../../../platform/probe/types.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import type { HealthOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { type Assessment, emptyAssessment } from './assessment.ts';
import { type EndpointMeasure, tlsOf } from './measure.ts';

const DAY_MS = 86_400_000;

/** Every certificate of every hop, each once per target; `nowMs` is the wall clock. */
export function assessCertificates(
  measures: readonly EndpointMeasure[],
  limits: HealthOptions['certificate'],
  nowMs: number,
): Assessment {
  const assessment = emptyAssessment();
  const seen = new Set<string>();
  for (const measure of measures) {
    for (const { url, tls } of tlsOf(measure)) {
      const host = new URL(url).host;
      const hostSubject: Subject = {
        kind: 'certificate',
        name: `${measure.endpoint.target.name} ${host}`,
        location: url,
      };
      if (!seen.has(hostSubject.name)) {
        seen.add(hostSubject.name);
        assessment.checked.push({ subject: hostSubject, rule: RULES.certificateInvalid });
        if (tls.problems.length > 0)
          assessment.findings.push(invalid(measure.endpoint, hostSubject, tls.problems, tls.chain[0]));
      }
      for (const certificate of tls.chain) {
        const subject: Subject = {
          kind: 'certificate',
          name: `${measure.endpoint.target.name} ${certificate.subject}`,
          location: url,
        };
        if (seen.has(subject.name)) continue;
        seen.add(subject.name);
        assessment.checked.push({ subject, rule: RULES.certificateExpiring });
        const finding = expiring(measure.endpoint, subject, certificate, limits, nowMs);
        if (finding) assessment.findings.push(finding);
      }
    }
  }
  return assessment;
}

function expiring(
  endpoint: Endpoint,
  subject: Subject,
  certificate: CertificateSummary,
  limits: HealthOptions['certificate'],
  nowMs: number,
): FindingDraft | undefined {
  const daysLeft = (certificate.notAfterMs - nowMs) / DAY_MS;
  const severity = expirySeverity(daysLeft, limits);
  // An expired one is invalid, and is said there.
  if (severity === undefined || daysLeft <= 0) return undefined;
  return {
    rule: RULES.certificateExpiring.id,
    severity,
    confidence: 'proven',
    title: `The certificate ${certificate.subject} of ${endpoint.target.name} ends in ${Math.floor(daysLeft)} days`,
    subject,
    evidence: [
      { label: 'days left', value: Number(daysLeft.toFixed(1)), unit: 'days' },
      { label: 'ends', value: new Date(certificate.notAfterMs).toISOString() },
      { label: 'issuer', value: certificate.issuer },
    ],
    impact: { summary: 'From that moment every client refuses the connection.', basis: 'modelled' },
    fix: {
      summary: RULES.certificateExpiring.fix,
      steps: [
        'Renew the certificate and reload the server that presents it.',
        'Check that the renewal job runs and may write where the server reads.',
      ],
    },
    check: { command: 'status', input: { endpoints: [endpoint.name] } },
  };
}

export function expirySeverity(daysLeft: number, limits: HealthOptions['certificate']): Severity | undefined {
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

function invalid(
  endpoint: Endpoint,
  subject: Subject,
  problems: readonly TlsProblem[],
  leaf: CertificateSummary | undefined,
): FindingDraft {
  return {
    rule: RULES.certificateInvalid.id,
    severity: RULES.certificateInvalid.severity,
    confidence: 'proven',
    title: `The certificate of ${subject.name} ${problems.map((problem) => PROBLEM_TEXT[problem]).join(' and ')}`,
    subject,
    evidence: [
      { label: 'reasons', value: problems.join(', ') },
      ...(leaf === undefined
        ? []
        : [
            { label: 'names in it', value: leaf.names.join(', ') || leaf.subject },
            {
              label: 'valid',
              value: `${new Date(leaf.notBeforeMs).toISOString()} to ${new Date(leaf.notAfterMs).toISOString()}`,
            },
          ]),
    ],
    impact: { summary: 'Clients that verify certificates cannot connect.', basis: 'measured' },
    fix: {
      summary: RULES.certificateInvalid.fix,
      steps: ['If it comes from a private authority, name its certificate in the target: tls.caFile.'],
    },
    check: { command: 'status', input: { endpoints: [endpoint.name] } },
  };
}
