import type { FindingDraft } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { rankInsights, type SharedAdvice } from '../_shared/insights.ts';
import { RULES } from './rules.ts';

const ALIAS = 'health';

const ADVICE: readonly SharedAdvice[] = [
  {
    rules: [RULES.targetDown.id, RULES.endpointFailing.id, RULES.noResponse.id],
    action: 'Restore what does not answer',
    because: 'users cannot use it at all',
  },
  {
    rules: [RULES.errorRate.id, RULES.flapping.id, RULES.unexpectedResponse.id, RULES.errorBudgetBurn.id],
    action: 'Find the cause of the failing calls',
    because: 'more calls fail than the objective allows',
  },
  {
    rules: [RULES.latencyRegression.id],
    action: 'Compare the release with the one before',
    because: 'these became slower than their baseline',
  },
  {
    rules: [RULES.latencyObjective.id, RULES.periodLatency.id, RULES.slowTail.id],
    action: 'Take the slow calls apart',
    because: 'users wait longer than the objective allows',
  },
  {
    rules: [RULES.certificateExpiring.id, RULES.certificateInvalid.id],
    action: 'Renew the certificates',
    because: 'clients refuse or will refuse the connection',
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return rankInsights(findings, ALIAS, ADVICE);
}
