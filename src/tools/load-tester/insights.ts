import type { FindingDraft } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { rankInsights, type SharedAdvice } from '../_shared/insights.ts';
import { RULES } from './rules.ts';

const ALIAS = 'load';

const ADVICE: readonly SharedAdvice[] = [
  {
    rules: [RULES.errorsUnderConcurrency.id],
    action: 'Make what fails side by side safe for it, before load does this in production',
    because: 'it works in every test with one request at a time',
  },
  {
    rules: [RULES.latencyCliff.id, RULES.serialisedEndpoint.id, RULES.unfairEndpoint.id],
    action: 'Widen the narrow place, and hold it shorter',
    because: 'requests queue for a pool or a lock',
  },
  {
    rules: [RULES.rateNotSustained.id, RULES.throughputBelowTarget.id, RULES.saturationKnee.id],
    action: 'Stay below what the backend takes, or raise it',
    because: 'beyond it queues grow and nothing else',
  },
  {
    rules: [RULES.sloMissed.id, RULES.thresholdCrossed.id],
    action: 'Bring the endpoints back within their limits at this load',
    because: 'what was promised does not hold',
  },
  {
    rules: [RULES.stalls.id, RULES.memoryGrowth.id],
    action: 'Look into the process of the server while the load runs',
    because: 'it pauses, or keeps what it should give back',
  },
];

/** What to do first, over all findings of a run. */
export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return rankInsights(findings, ALIAS, ADVICE);
}
