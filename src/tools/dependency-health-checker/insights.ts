import type { FindingDraft } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { rankInsights, type SharedAdvice } from '../_shared/insights.ts';
import { RULES } from './rules.ts';

const ALIAS = 'deps';

const ADVICE: readonly SharedAdvice[] = [
  {
    rules: [RULES.down.id, RULES.noResponse.id, RULES.affected.id],
    action: 'Restore what is down, the one that others are behind first',
    because: 'it does not work',
  },
  {
    rules: [RULES.errorRate.id, RULES.flapping.id, RULES.nameServer.id],
    action: 'Find what fails now and then',
    because: 'callers meet it at random',
  },
  {
    rules: [RULES.certificateExpiring.id, RULES.certificateInvalid.id, RULES.domainExpiring.id],
    action: 'Renew certificates and registrations',
    because: 'clients refuse or will refuse to connect',
  },
  {
    rules: [RULES.slow.id],
    action: 'Give callers a deadline, and look at the slow side',
    because: 'callers wait with it',
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return rankInsights(findings, ALIAS, ADVICE);
}
