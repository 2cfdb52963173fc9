import type { FindingDraft } from '../../core/finding.ts';
import { findingFingerprint, findingId } from '../../core/finding.ts';
import { groupBy } from '../../core/group-by.ts';
import type { Insight } from '../../core/insight.ts';
import { severityRank } from '../../core/severity.ts';
import { RULES } from './rules.ts';

const ALIAS = 'health';

/** What to do first, over all findings of a run: what is out of reach, then what fails, then what is slow, then what will be. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  const ranked = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
  const byAdvice = groupBy(ranked, adviceFor);
  return [...byAdvice].map(([advice, group], index) => ({
    priority: index + 1,
    action: advice.action,
    because: `${advice.because}: ${names(group)}`,
    ...worth(group),
    findings: group.map((finding) => findingId(ALIAS, findingFingerprint(finding.rule, finding.subject))),
  }));
}

interface Advice {
  action: string;
  because: string;
}

const ADVICE: readonly { rules: readonly string[]; advice: Advice }[] = [
  {
    rules: [RULES.targetDown.id, RULES.endpointFailing.id, RULES.noResponse.id],
    advice: { action: 'Restore what does not answer', because: 'users cannot use it at all' },
  },
  {
    rules: [RULES.errorRate.id, RULES.flapping.id, RULES.unexpectedResponse.id, RULES.errorBudgetBurn.id],
    advice: {
      action: 'Find the cause of the failing calls',
      because: 'more calls fail than the objective allows',
    },
  },
  {
    rules: [RULES.latencyRegression.id],
    advice: {
      action: 'Compare the release with the one before',
      because: 'these became slower than their baseline',
    },
  },
  {
    rules: [RULES.latencyObjective.id, RULES.periodLatency.id, RULES.slowTail.id],
    advice: { action: 'Take the slow calls apart', because: 'users wait longer than the objective allows' },
  },
  {
    rules: [RULES.certificateExpiring.id, RULES.certificateInvalid.id],
    advice: { action: 'Renew the certificates', because: 'clients refuse or will refuse the connection' },
  },
];

function adviceFor(finding: FindingDraft): Advice {
  const found = ADVICE.find(({ rules }) => rules.includes(finding.rule));
  return found?.advice ?? { action: finding.fix.summary, because: finding.title };
}

function names(findings: readonly FindingDraft[]): string {
  const distinct = [...new Set(findings.map((finding) => finding.subject.name))];
  const shown = distinct.slice(0, 3).join(', ');
  return distinct.length > 3 ? `${shown} and ${distinct.length - 3} more` : shown;
}

function worth(findings: readonly FindingDraft[]): Pick<Insight, 'worth'> {
  const [first] = findings;
  return first?.impact === undefined ? {} : { worth: first.impact.summary };
}
