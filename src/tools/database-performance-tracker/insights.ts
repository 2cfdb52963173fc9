import type { FindingDraft } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { rankInsights, type SharedAdvice } from '../_shared/insights.ts';
import { ALIAS, RULES } from './rules.ts';

const ADVICE: readonly SharedAdvice[] = [
  {
    rules: [RULES.blockingChain.id, RULES.idleInTransaction.id, RULES.longTransaction.id, RULES.xminHeld.id],
    action: 'End the transactions that hold others up, the root of the chain first',
    because: 'locks and old row versions stay for as long as they are open',
  },
  {
    rules: [RULES.connectionsNearLimit.id, RULES.connectionLeak.id],
    action: 'Free connections before the last one is taken',
    because: 'after it every new session is refused',
  },
  {
    rules: [RULES.replicationLag.id, RULES.slotRetainsWal.id],
    action: 'See to the replicas and their slots',
    because: 'they are behind, and the log they need fills the disk',
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return rankInsights(findings, ALIAS, ADVICE);
}
