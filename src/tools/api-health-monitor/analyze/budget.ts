import { formatDuration } from '../../../core/duration.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import {
  type BurnState,
  burnSeverity,
  evaluateBurn,
  type Objective,
  type OutcomeBucket,
  outcomesOf,
} from '../../../core/slo.ts';
import type { EndpointHistory, HistoricEndpoint, OutcomeHistory } from '../collect/history.ts';
import { RULES } from '../rules.ts';
import { type Assessment, emptyAssessment } from './assessment.ts';

/** Burn of every endpoint's error budget, from scheduled probes alone: an extra round must not look like an outage. */
export function assessBudget(
  histories: readonly OutcomeHistory[],
  nowMs: number,
  windowMs: number,
): Assessment {
  const assessment = emptyAssessment();
  for (const { endpoint, outcomes } of histories) {
    if (outcomes.length === 0) continue;
    const subject = { kind: 'endpoint', name: endpoint.name } as const;
    assessment.checked.push({ subject, rule: RULES.errorBudgetBurn });
    const states = evaluateBurn(objectiveOf(endpoint, windowMs), outcomesOf(outcomes), nowMs);
    const severity = burnSeverity(states);
    if (severity !== null) assessment.findings.push(burnFinding(endpoint, states, severity, windowMs));
  }
  return assessment;
}

export function objectiveOf(endpoint: Pick<HistoricEndpoint, 'objective'>, windowMs: number): Objective {
  return { target: endpoint.objective.availability / 100, windowMs };
}

/** Scheduled probes alone: an extra round says nothing about time. */
export function scheduledOutcomes({ buckets }: EndpointHistory): OutcomeBucket[] {
  return buckets
    .filter((bucket) => bucket.okScheduled + bucket.failedScheduled > 0)
    .map(({ startMs, bucketMs, okScheduled, failedScheduled }) => ({
      startMs,
      bucketMs,
      good: okScheduled,
      bad: failedScheduled,
    }));
}

function burnFinding(
  endpoint: HistoricEndpoint,
  states: readonly BurnState[],
  severity: 'page' | 'ticket',
  windowMs: number,
): FindingDraft {
  const firing = states.filter((state) => state.firing);
  const [worst] = firing as [BurnState];
  return {
    rule: RULES.errorBudgetBurn.id,
    severity: severity === 'page' ? 'high' : 'medium',
    confidence: 'likely',
    title: `${endpoint.name} uses up its error budget ${rate(worst.longRate)} times too fast`,
    subject: { kind: 'endpoint', name: endpoint.name },
    evidence: [
      { label: 'objective', value: endpoint.objective.availability, unit: '%' },
      ...firing.map(({ rule, longRate, shortRate, bad }) => ({
        label: `burn over ${formatDuration(rule.longMs)} and ${formatDuration(rule.shortMs)}`,
        value: `${rate(longRate)} x and ${rate(shortRate)} x`,
        unit: `(limit ${rule.factor} x, ${bad} failed probes)`,
      })),
    ],
    impact: {
      summary: `At this rate the error budget of ${formatDuration(windowMs)} is gone within ${formatDuration(windowMs / (worst.longRate ?? 1))}.`,
      basis: 'modelled',
      value: worst.longRate ?? 0,
      unit: 'x',
    },
    fix: {
      summary: RULES.errorBudgetBurn.fix,
      steps: [
        'See when it began: `rearguard api-health-monitor performance-report --since 3d`.',
        'Look for a deploy or an incident at that time.',
      ],
    },
    check: { command: 'status', input: { endpoints: [endpoint.name] } },
  };
}

function rate(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}
