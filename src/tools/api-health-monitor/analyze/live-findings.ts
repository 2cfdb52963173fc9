import type { FindingDraft, Rule } from '../../../core/finding.ts';
import { FLAP_WINDOW } from '../../../core/health-state.ts';
import { findRhythm } from '../../../core/statistics/rhythm.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import { RULES } from '../rules.ts';
import { type Assessment, emptyAssessment, endpointFinding, endpointSubject, percent } from './assessment.ts';
import { describeCause } from '../../_shared/probes/cause-text.ts';
import { stepsForCause } from './cause-text.ts';
import type { LiveEndpoint } from './live-window.ts';

/** The state already asks for many changes; in its 21 outcomes a rhythm cannot be surer than this. */
const RHYTHM_ALPHA = 0.05;

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
    const sawRhythm = live.state.outcomes.length >= FLAP_WINDOW;
    for (const rule of [RULES.endpointFailing, RULES.noResponse, ...(sawRhythm ? [RULES.flapping] : [])]) {
      assessment.checked.push({ subject: endpointSubject(live.endpoint), rule });
    }
    if (state === 'down' || state === 'flapping') assessment.findings.push(liveFinding(live, state));
  }
  return assessment;
}

function liveFinding(live: LiveEndpoint, state: 'down' | 'flapping'): Assessment['findings'][number] {
  const { endpoint } = live;
  const cause = live.lastCause ?? 'unknown';
  const probes = live.ok + live.failed;
  const { rule, title } = state === 'down' ? downRule(endpoint.name, cause) : unsteadyRule(live);
  return endpointFinding(endpoint, rule, {
    title,
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
    ...(rule === RULES.flapping ? { check: watchAgain(endpoint) } : {}),
  });
}

/** A rhythm of minutes shows in a watch of the same interval, not in a round of seconds. */
function watchAgain({ name, intervalMs }: Endpoint): FindingDraft['check'] {
  const input = {
    endpoints: [name],
    interval: `${intervalMs}ms`,
    for: `${(FLAP_WINDOW + 1) * intervalMs}ms`,
  };
  return { command: 'watch', input };
}

function downRule(name: string, cause: string): { rule: Rule; title: string } {
  const rule = SILENT.has(cause) ? RULES.noResponse : RULES.endpointFailing;
  return { rule, title: `${name} ${describeCause(cause)}` };
}

/** Frequent changes are flapping only if they come in stretches; errors scattered at random are an error rate. */
function unsteadyRule({ endpoint, state, ok, failed }: LiveEndpoint): { rule: Rule; title: string } {
  return findRhythm(state.outcomes, RHYTHM_ALPHA)
    ? { rule: RULES.flapping, title: `${endpoint.name} goes up and down` }
    : {
        rule: RULES.errorRate,
        title: `${endpoint.name} fails ${percent(failed / Math.max(1, ok + failed))} % of calls`,
      };
}
