import type { FindingDraft } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { rankInsights, type SharedAdvice } from '../_shared/insights.ts';
import { ALIAS, RULES } from './rules.ts';

const ADVICE: readonly SharedAdvice[] = [
  {
    rules: [RULES.nPlusOne.id],
    action: 'Load what belongs to a list together with the list',
    because: 'each row costs a round trip of its own',
  },
  {
    rules: [RULES.missingIndex.id],
    action: 'See the proven index advice: `rearguard query-optimizer recommendations`',
    because: 'tables are read whole for a few rows',
  },
  {
    rules: [RULES.functionOnColumn.id, RULES.implicitCast.id, RULES.orAcrossColumns.id],
    action: 'Write conditions so that the indexes that exist are used',
    because: 'these conditions cannot be looked up',
  },
  {
    rules: [RULES.deepOffset.id, RULES.countLarge.id, RULES.missingLimit.id, RULES.wideSelect.id],
    action: 'Read only what is shown: page by key, without totals, without wide columns',
    because: 'the server reads and sends what nobody looks at',
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return rankInsights(findings, ALIAS, ADVICE);
}
