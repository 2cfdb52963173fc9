import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import type { Rule } from '../../../core/finding.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import type { RuleContext } from './context.ts';
import { queryFinding, subjectOf, type Verdict } from './finding.ts';
import { judgeCacheableRead } from './rules/cacheable-read.ts';
import { judgeCountLarge } from './rules/count-large.ts';
import { judgeDeepOffset } from './rules/deep-offset.ts';
import { judgeFunctionOnColumn } from './rules/function-on-column.ts';
import { judgeImplicitCast } from './rules/implicit-cast.ts';
import { judgeLockProne } from './rules/lock-prone.ts';
import { judgeMissingLimit } from './rules/missing-limit.ts';
import { judgeNotInNullable } from './rules/not-in-nullable.ts';
import { judgeOrAcrossColumns } from './rules/or-across-columns.ts';
import { judgePerRowSubquery } from './rules/per-row-subquery.ts';
import { judgeWideSelect } from './rules/wide-select.ts';

type Judge = (query: WorkloadQuery, context: RuleContext) => Verdict;

/** Rules that look at one query at a time. */
const JUDGES: readonly { rule: Rule; judge: Judge }[] = [
  { rule: RULES.deepOffset, judge: judgeDeepOffset },
  { rule: RULES.countLarge, judge: judgeCountLarge },
  { rule: RULES.wideSelect, judge: judgeWideSelect },
  { rule: RULES.functionOnColumn, judge: judgeFunctionOnColumn },
  { rule: RULES.implicitCast, judge: judgeImplicitCast },
  { rule: RULES.orAcrossColumns, judge: judgeOrAcrossColumns },
  { rule: RULES.notInNullable, judge: judgeNotInNullable },
  { rule: RULES.missingLimit, judge: judgeMissingLimit },
  { rule: RULES.perRowSubquery, judge: judgePerRowSubquery },
  { rule: RULES.lockProne, judge: judgeLockProne },
  { rule: RULES.cacheableRead, judge: judgeCacheableRead },
];

/** Those that cost most; the rest is said in one line, so that a report of a busy server stays readable. */
const MAX_JUDGED = 500;

/** Every rule over every query of the window. */
export function assessQueries(context: RuleContext): Assessment {
  const assessment = emptyAssessment();
  const { queries } = context.workload;
  for (const query of queries.slice(0, MAX_JUDGED)) {
    const subject = subjectOf(query, context);
    for (const { rule, judge } of JUDGES) {
      const verdict = judge(query, context);
      if (verdict.kind === 'unknown') {
        const { kind: _, ...gap } = verdict;
        assessment.notChecked.push({ subject, rules: [rule.id], ...gap });
        continue;
      }
      assessment.checked.push({ subject, rule });
      if (verdict.kind === 'found') assessment.findings.push(queryFinding(query, context, rule, verdict));
    }
  }
  const rest = queries.length - MAX_JUDGED;
  if (rest > 0) {
    assessment.notChecked.push({
      subject: databaseSubject(context.target),
      rules: JUDGES.map(({ rule }) => rule.id),
      reason: `${counted(rest, 'query', 'queries')} that take the least time were not looked at`,
    });
  }
  return assessment;
}
