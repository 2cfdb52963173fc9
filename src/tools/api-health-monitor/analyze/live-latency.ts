import { RULES } from '../rules.ts';
import { type Assessment, emptyAssessment, endpointSubject } from './assessment.ts';
import { objectiveFinding, SAMPLES_FOR_CLAIM } from './latency.ts';
import type { LiveEndpoint } from './live-window.ts';
import { percentiles } from '../../../core/statistics/percentiles.ts';

/** Newest calls that must all be fast before a watch calls an endpoint fast: the old ones may hide a change. */
const RECENT_CALLS = 20;

/**
 * The latency objective over the newest calls of a watch. The window spans many intervals, so it says "slow" when
 * the whole of it is, and "fast" only when its newest part has not one slow call: what `status` saw a minute ago stands until then.
 */
export function assessLiveLatency(endpoints: readonly LiveEndpoint[]): Assessment {
  const assessment = emptyAssessment();
  for (const live of endpoints) {
    const { endpoint, recent } = live;
    const latencies = recent.slice(-SAMPLES_FOR_CLAIM);
    const measure = { endpoint, latencies, results: [], suspect: 0, failed: 0, causes: [] };
    const finding = objectiveFinding({ ...measure, ...percentiles(latencies) }, undefined);
    const newest = latencies.slice(-RECENT_CALLS);
    const isFast =
      latencies.length >= SAMPLES_FOR_CLAIM && newest.every((ms) => ms <= endpoint.objective.p95Ms);
    if (finding === undefined && !isFast) continue;
    assessment.checked.push({ subject: endpointSubject(endpoint), rule: RULES.latencyObjective });
    if (finding) assessment.findings.push(finding);
  }
  return assessment;
}
