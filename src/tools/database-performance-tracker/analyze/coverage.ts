import type { Assessment } from '../../../core/assessment.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { Rule, Subject } from '../../../core/finding.ts';
import { groupBy } from '../../../core/group-by.ts';
import type { Unknown } from '../../_shared/database/reading.ts';

/** Rules that had nothing to judge from, with what would change that. */
export function notRead(
  { reason, hint }: Omit<Unknown, 'known'>,
  subject: Subject,
  rules: readonly Rule[],
): Coverage['notChecked'][number] {
  return { subject, rules: rules.map(({ id }) => id), reason, ...(hint === undefined ? {} : { hint }) };
}

/** Verdicts by subject. Of one database much can be unreadable for different reasons: each is said once, with its rules. */
export function trackerCoverage({ checked, notChecked }: Assessment): Coverage {
  const bySubject = groupBy(checked, ({ subject }) => `${subject.kind} ${subject.name}`);
  const byReason = groupBy(
    notChecked,
    ({ subject, reason, hint }) => `${subject?.kind} ${subject?.name} ${reason} ${hint}`,
  );
  return {
    checked: [...bySubject.values()].map((group) => ({
      subject: (group[0] as (typeof group)[number]).subject,
      rules: [...new Set(group.map(({ rule }) => rule.id))],
    })),
    notChecked: [...byReason.values()].map((group) => {
      const rules = [...new Set(group.flatMap((entry) => entry.rules ?? []))];
      return { ...(group[0] as (typeof group)[number]), ...(rules.length === 0 ? {} : { rules }) };
    }),
  };
}
