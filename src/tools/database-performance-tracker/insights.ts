import { type FindingDraft, findingFingerprint, findingId } from '../../core/finding.ts';
import { groupBy } from '../../core/group-by.ts';
import type { Insight } from '../../core/insight.ts';
import { severityRank } from '../../core/severity.ts';
import { ALIAS, RULES } from './rules.ts';

interface Advice {
  action: string;
  because: string;
}

/** Findings with one remedy are one thing to do. */
const ADVICE: readonly { rules: readonly string[]; advice: Advice }[] = [
  {
    rules: [RULES.blockingChain.id, RULES.idleInTransaction.id, RULES.longTransaction.id, RULES.xminHeld.id],
    advice: {
      action: 'End the transactions that hold others up, the root of the chain first',
      because: 'locks and old row versions stay for as long as they are open',
    },
  },
  {
    rules: [RULES.connectionsNearLimit.id, RULES.connectionLeak.id],
    advice: {
      action: 'Free connections before the last one is taken',
      because: 'after it every new session is refused',
    },
  },
  {
    rules: [RULES.replicationLag.id, RULES.slotRetainsWal.id],
    advice: {
      action: 'See to the replicas and their slots',
      because: 'they are behind, and the log they need fills the disk',
    },
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  const ranked = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return [...groupBy(ranked, remedyOf).values()].map((group, index) => {
    const { action, because } = adviceFor(group);
    return {
      priority: index + 1,
      action,
      because: `${because}: ${names(group)}`,
      ...worth(group),
      findings: group.map(({ rule, subject }) => findingId(ALIAS, findingFingerprint(rule, subject))),
    };
  });
}

/** Findings of one remedy go together; any other rule is on its own. */
function remedyOf({ rule }: FindingDraft): string {
  const shared = ADVICE.findIndex(({ rules }) => rules.includes(rule));
  return shared < 0 ? rule : String(shared);
}

function adviceFor([first]: readonly FindingDraft[]): Advice {
  const shared = ADVICE.find(({ rules }) => first !== undefined && rules.includes(first.rule))?.advice;
  return shared ?? { action: first?.fix.summary ?? '', because: first?.title ?? '' };
}

function names(findings: readonly FindingDraft[]): string {
  const distinct = [...new Set(findings.map(({ subject }) => subject.name))];
  const shown = distinct.slice(0, 3).join(', ');
  return distinct.length > 3 ? `${shown} and ${distinct.length - 3} more` : shown;
}

function worth([first]: readonly FindingDraft[]): Pick<Insight, 'worth'> {
  return first?.impact === undefined ? {} : { worth: first.impact.summary };
}
