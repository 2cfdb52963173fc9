import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import type { Endpoint } from '../collect/endpoints.ts';

export { type Assessment, coverageOf, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
export { ms, percent } from '../../../core/rounding.ts';

export function endpointSubject(endpoint: Endpoint): Subject {
  return { kind: 'endpoint', name: endpoint.name, location: endpoint.target.baseUrl + endpoint.path };
}

export function targetSubject(endpoint: Endpoint): Subject {
  return { kind: 'target', name: endpoint.target.name, location: endpoint.target.baseUrl };
}

/** Everything a finding about an endpoint needs; `check` re-runs the round for this endpoint alone. */
export function endpointFinding(
  endpoint: Endpoint,
  rule: Rule,
  parts: {
    title: string;
    evidence: Evidence[];
    steps: string[];
    severity?: Severity;
    confidence?: FindingDraft['confidence'];
    impact?: FindingDraft['impact'];
    check?: FindingDraft['check'];
  },
): FindingDraft {
  return {
    rule: rule.id,
    severity: parts.severity ?? rule.severity,
    confidence: parts.confidence ?? 'likely',
    title: parts.title,
    subject: endpointSubject(endpoint),
    evidence: parts.evidence,
    ...(parts.impact === undefined ? {} : { impact: parts.impact }),
    fix: { summary: rule.fix, steps: parts.steps },
    check: parts.check ?? { command: 'status', input: { endpoints: [endpoint.name] } },
  };
}
