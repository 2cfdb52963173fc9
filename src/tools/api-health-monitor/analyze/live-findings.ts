import { RULES } from '../rules.ts';
import { type Assessment, emptyAssessment, endpointFinding, endpointSubject, percent } from './assessment.ts';
import { describeCause, stepsForCause } from './cause-text.ts';
import type { LiveEndpoint } from './live-window.ts';

/** Causes that mean silence rather than an error. */
const SILENT: ReadonlySet<string> = new Set(['no-response', 'body-timeout']);

/**
 * What a watch may conclude when it ends: an endpoint that is down or flapping now is a finding, one that is up is not. Rates
 * and percentiles are left to `status` and `performance-report`, which have the samples for them.
 */
export function assessLive(endpoints: readonly LiveEndpoint[]): Assessment {
  const assessment = emptyAssessment();
  for (const live of endpoints) {
    const { state } = live.state;
    if (state === 'unknown') continue;
    for (const rule of [RULES.endpointFailing, RULES.noResponse, RULES.flapping]) {
      assessment.checked.push({ subject: endpointSubject(live.endpoint), rule });
    }
    if (state === 'down' || state === 'flapping') assessment.findings.push(liveFinding(live, state));
  }
  return assessment;
}

function liveFinding(live: LiveEndpoint, state: 'down' | 'flapping'): Assessment['findings'][number] {
  const { endpoint } = live;
  const cause = live.lastCause ?? 'unknown';
  const rule =
    state === 'flapping' ? RULES.flapping : SILENT.has(cause) ? RULES.noResponse : RULES.endpointFailing;
  const probes = live.ok + live.failed;
  return endpointFinding(endpoint, rule, {
    title:
      state === 'flapping' ? `${endpoint.name} goes up and down` : `${endpoint.name} ${describeCause(cause)}`,
    evidence: [
      { label: 'state', value: state, unit: `since ${new Date(live.state.sinceMs).toISOString()}` },
      { label: 'failed', value: live.failed, unit: `of ${probes} scheduled probes` },
      { label: 'newest cause', value: cause },
    ],
    ...(probes === 0
      ? {}
      : {
          impact: {
            summary: `${percent(live.failed / probes)} % of the watched time it did not work.`,
            basis: 'measured',
            value: percent(live.failed / probes),
            unit: '%',
          },
        }),
    steps: stepsForCause(cause, endpoint.target.baseUrl + endpoint.path),
  });
}
