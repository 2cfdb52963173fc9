import { type FindingDraft, findingFingerprint, findingId } from '../../core/finding.ts';
import { groupBy } from '../../core/group-by.ts';
import type { Insight } from '../../core/insight.ts';
import { severityRank } from '../../core/severity.ts';
import { RULES } from './rules.ts';

const ALIAS = 'deps';

interface Advice {
  action: string;
  because: string;
}

const ADVICE: readonly { rules: readonly string[]; advice: Advice }[] = [
  {
    rules: [RULES.down.id, RULES.noResponse.id, RULES.affected.id],
    advice: {
      action: 'Restore what is down, the one that others are behind first',
      because: 'it does not work',
    },
  },
  {
    rules: [RULES.errorRate.id, RULES.flapping.id, RULES.nameServer.id],
    advice: { action: 'Find what fails now and then', because: 'callers meet it at random' },
  },
  {
    rules: [RULES.certificateExpiring.id, RULES.certificateInvalid.id, RULES.domainExpiring.id],
    advice: {
      action: 'Renew certificates and registrations',
      because: 'clients refuse or will refuse to connect',
    },
  },
  {
    rules: [RULES.slow.id],
    advice: { action: 'Give callers a deadline, and look at the slow side', because: 'callers wait with it' },
  },
];

/** What to do first, over all findings of a run; what is down because of another is counted with it. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  const ranked = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return [...groupBy(ranked, adviceFor)].map(([advice, group], index) => ({
    priority: index + 1,
    action: advice.action,
    because: `${advice.because}: ${names(group)}`,
    ...worth(group),
    findings: group.map(({ rule, subject }) => findingId(ALIAS, findingFingerprint(rule, subject))),
  }));
}

function adviceFor({ rule, fix, title }: FindingDraft): Advice {
  const found = ADVICE.find(({ rules }) => rules.includes(rule));
  return found?.advice ?? { action: fix.summary, because: title };
}

function names(findings: readonly FindingDraft[]): string {
  const distinct = [...new Set(findings.map(({ subject }) => subject.name))];
  const shown = distinct.slice(0, 3).join(', ');
  return distinct.length > 3 ? `${shown} and ${distinct.length - 3} more` : shown;
}

function worth([first]: readonly FindingDraft[]): Pick<Insight, 'worth'> {
  return first?.impact === undefined ? {} : { worth: first.impact.summary };
}
