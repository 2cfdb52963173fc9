import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';

/** Everything a finding of this tool needs; `check` is the command that raises it again. */
export function trackerFinding(
  rule: Rule,
  subject: Subject,
  parts: {
    title: string;
    evidence: Evidence[];
    /** In order, complete sentences. */
    steps: string[];
    check: FindingDraft['check'];
    severity?: Severity;
    confidence?: FindingDraft['confidence'];
    impact?: FindingDraft['impact'];
    /** The exact statement. */
    patch?: string | null;
  },
): FindingDraft {
  return {
    rule: rule.id,
    severity: parts.severity ?? rule.severity,
    confidence: parts.confidence ?? 'likely',
    title: parts.title,
    subject,
    evidence: parts.evidence,
    ...(parts.impact === undefined ? {} : { impact: parts.impact }),
    fix: {
      summary: rule.fix,
      steps: parts.steps,
      ...(parts.patch === undefined || parts.patch === null ? {} : { patch: parts.patch }),
    },
    check: parts.check,
  };
}

/** What the sessions of one database do now is looked at again by the screen that shows them. */
export function liveCheck(target: string): FindingDraft['check'] {
  return { command: 'current-state', input: { target } };
}
