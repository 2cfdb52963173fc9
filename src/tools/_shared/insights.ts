import { type FindingDraft, findingFingerprint, findingId } from '../../core/finding.ts';
import { groupBy } from '../../core/group-by.ts';
import type { Insight } from '../../core/insight.ts';
import { severityRank } from '../../core/severity.ts';

/** Findings of these rules are one thing to do. */
export interface SharedAdvice {
  rules: readonly string[];
  action: string;
  because: string;
}

/**
 * What to do first, over all findings of a run: by severity, then by the share of time or calls that it is worth. Findings of
 * one remedy go together; those that share none are told by their own rule and fix.
 */
export function rankInsights(
  findings: readonly FindingDraft[],
  alias: string,
  advice: readonly SharedAdvice[],
): Insight[] {
  const ranked = findings.toSorted(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || shareOf(b) - shareOf(a),
  );
  const remedyOf = ({ rule, fix }: FindingDraft): string => {
    const shared = advice.findIndex(({ rules }) => rules.includes(rule));
    return shared < 0 ? `${rule} ${fix.summary}` : String(shared);
  };
  return [...groupBy(ranked, remedyOf).values()].map((group, index) => {
    const [first] = group as [FindingDraft, ...FindingDraft[]];
    const shared = advice.find(({ rules }) => rules.includes(first.rule));
    return {
      priority: index + 1,
      action: shared?.action ?? first.fix.summary,
      because: `${shared?.because ?? first.title}: ${namesOf(group)}`,
      ...(first.impact === undefined ? {} : { worth: first.impact.summary }),
      findings: group.map(({ rule, subject }) => findingId(alias, findingFingerprint(rule, subject))),
    };
  });
}

/** Only shares compare between rules; milliseconds and rows do not. */
function shareOf({ impact }: FindingDraft): number {
  return impact?.unit === '%' ? (impact.value ?? 0) : 0;
}

function namesOf(findings: readonly FindingDraft[]): string {
  const distinct = [...new Set(findings.map(({ subject }) => subject.name))];
  const shown = distinct.slice(0, 3).join(', ');
  return distinct.length > 3 ? `${shown} and ${distinct.length - 3} more` : shown;
}
