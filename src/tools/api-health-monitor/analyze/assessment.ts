import type { Coverage } from '../../../core/coverage.ts';
import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { groupBy } from '../../../core/group-by.ts';
import type { Endpoint } from '../collect/endpoints.ts';

/** What one analysis concludes: findings, and where each rule came to a verdict or could not. */
export interface Assessment {
  findings: FindingDraft[];
  checked: { subject: Subject; rule: Rule }[];
  notChecked: Coverage['notChecked'];
}

export function emptyAssessment(): Assessment {
  return { findings: [], checked: [], notChecked: [] };
}

export function mergeAssessments(parts: readonly Assessment[]): Assessment {
  return {
    findings: parts.flatMap((part) => part.findings),
    checked: parts.flatMap((part) => part.checked),
    notChecked: parts.flatMap((part) => part.notChecked),
  };
}

/** Verdicts grouped by subject, as a report shows them; what stands in the way of several rules is said once. */
export function coverageOf(assessment: Assessment): Coverage {
  const bySubject = new Map<string, { subject: Subject; rules: string[] }>();
  for (const { subject, rule } of assessment.checked) {
    const key = `${subject.kind} ${subject.name}`;
    const entry = bySubject.get(key) ?? { subject, rules: [] };
    if (!entry.rules.includes(rule.id)) entry.rules.push(rule.id);
    bySubject.set(key, entry);
  }
  return { checked: [...bySubject.values()], notChecked: mergeNotChecked(assessment.notChecked) };
}

/** One entry a subject, with the first reason: the analyses that come first know more of why. */
function mergeNotChecked(entries: Coverage['notChecked']): Coverage['notChecked'] {
  return [...groupBy(entries, ({ subject }) => `${subject?.kind} ${subject?.name}`).values()].map(
    (group) => ({
      ...(group[0] as Coverage['notChecked'][number]),
      rules: [...new Set(group.flatMap(({ rules }) => rules ?? []))],
    }),
  );
}

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

/** Numbers as people write them: 3 significant digits at most. */
export function ms(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function percent(share: number): number {
  return Number((share * 100).toPrecision(3));
}
