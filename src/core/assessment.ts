import type { Coverage } from './coverage.ts';
import type { FindingDraft, Rule, Subject } from './finding.ts';
import { groupBy } from './group-by.ts';

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
