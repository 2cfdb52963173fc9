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
    rules: [RULES.nPlusOne.id],
    advice: {
      action: 'Load what belongs to a list together with the list',
      because: 'each row costs a round trip of its own',
    },
  },
  {
    rules: [RULES.missingIndex.id],
    advice: {
      action: 'See the proven index advice: `rearguard query-optimizer recommendations`',
      because: 'tables are read whole for a few rows',
    },
  },
  {
    rules: [RULES.functionOnColumn.id, RULES.implicitCast.id, RULES.orAcrossColumns.id],
    advice: {
      action: 'Write conditions so that the indexes that exist are used',
      because: 'these conditions cannot be looked up',
    },
  },
  {
    rules: [RULES.deepOffset.id, RULES.countLarge.id, RULES.missingLimit.id, RULES.wideSelect.id],
    advice: {
      action: 'Read only what is shown: page by key, without totals, without wide columns',
      because: 'the server reads and sends what nobody looks at',
    },
  },
];

/** What to do first, over all findings of a run: by severity, then by the share of time that it is worth. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  const ranked = findings.toSorted(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || shareOf(b) - shareOf(a),
  );
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

function shareOf({ impact }: FindingDraft): number {
  return impact?.unit === '%' ? (impact.value ?? 0) : 0;
}
