import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { durationSchema } from '../../../core/schemas.ts';
import { intervalSupport } from '../../../core/slo.ts';
import type { Diagnostic } from '../../../core/report.ts';
import {
  type Assessment,
  coverageOf,
  emptyAssessment,
  mergeAssessments,
  ms,
  percent,
} from '../analyze/assessment.ts';
import { assessBudget, objectiveOf } from '../analyze/budget.ts';
import { type EndpointPeriod, summarisePeriod } from '../analyze/period.ts';
import { burnHistoryOf, type EndpointHistory, historicEndpoints, historyOf } from '../collect/history.ts';
import { defineCommand } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { HealthOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { endpointSelectionInput } from './inputs.ts';
import { periodDataSchema, periodSections, toPeriodData } from './period-view.ts';
import { nothingToCheck } from './status.ts';

const HOUR_MS = 3_600_000;

const input = z.strictObject({
  ...endpointSelectionInput,
  since: durationSchema('How far back', '7d'),
});

const data = z.object({ from: z.iso.datetime(), to: z.iso.datetime(), endpoints: z.array(periodDataSchema) });

export const performanceReport = defineCommand<typeof input, typeof data, HealthOptions>({
  summary: 'Percentiles, uptime, error budget, trend and worst hours of every endpoint, from history',
  input,
  data,
  effect: 'read',
  examples: [
    {
      line: 'rearguard api-health-monitor performance-report --since 7d',
      does: 'the last week against the one before',
    },
    {
      line: 'rearguard health performance-report --output html --out report.html',
      does: 'one page with charts',
    },
  ],
  async run(ctx, { since, ...selection }) {
    const endpoints = historicEndpoints(ctx, selection);
    if (endpoints.length === 0)
      throw nothingToCheck('nothing was recorded yet; `rearguard api-health-monitor watch` records');
    const toMs = ctx.clock.wallMs() + 1;
    const range = { fromMs: toMs - since, toMs };
    const before = historyOf(ctx, endpoints, { fromMs: range.fromMs - since, toMs: range.fromMs }, HOUR_MS);
    const now = historyOf(ctx, endpoints, range, HOUR_MS);
    const periods = now.map((history, index) =>
      summarisePeriod(history, before[index], { ...range, budgetWindowMs: ctx.options.slo.window }),
    );
    const assessment = mergeAssessments([
      assessObjectives(periods, since),
      assessBudget(burnHistoryOf(ctx, endpoints, toMs), toMs, ctx.options.slo.window),
    ]);
    return {
      ...(periods.every((period) => period.ok + period.failed === 0) ? { status: 'unknown' as const } : {}),
      summary: `${counted(periods.length, 'endpoint')} over ${formatDuration(since)}: ${assessment.findings.length === 0 ? 'every objective that could be judged is met' : `${counted(assessment.findings.length, 'objective is', 'objectives are')} missed`}.`,
      findings: assessment.findings,
      coverage: coverageOf(assessment),
      insights: insightsOf(assessment.findings),
      diagnostics: supportDiagnostics(now, ctx.options),
      sections: periodSections(periods, now, ctx.store.events.list(range), ctx.store.samples.gaps(range)),
      data: { from: iso(range.fromMs), to: iso(toMs), endpoints: periods.map(toPeriodData) },
      next: ['rearguard api-health-monitor performance-report --output html --out report.html'],
    };
  },
});

/** The p95 objective over the whole period; a claim needs 59 samples. */
function assessObjectives(periods: readonly EndpointPeriod[], sinceMs: number): Assessment {
  const assessment = emptyAssessment();
  for (const period of periods) {
    const subject = { kind: 'endpoint', name: period.endpoint.name } as const;
    if (!period.claims.p95) {
      const reason = `${period.ok} good samples are not enough to claim a p95; 59 are needed`;
      assessment.notChecked.push({
        subject,
        rules: [RULES.periodLatency.id],
        reason,
        hint: 'Let `rearguard api-health-monitor watch` run longer.',
      });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.periodLatency });
    if (period.p95Ms !== null && period.p95Ms > period.endpoint.objective.p95Ms)
      assessment.findings.push(slowPeriod(period, sinceMs));
  }
  return assessment;
}

function slowPeriod({ endpoint, p95Ms, p50Ms, ok }: EndpointPeriod, sinceMs: number): FindingDraft {
  const limit = endpoint.objective.p95Ms;
  const worse = (p50Ms ?? 0) > limit || (p95Ms ?? 0) > 2 * limit;
  return {
    rule: RULES.periodLatency.id,
    severity: worse ? 'high' : 'medium',
    confidence: 'likely',
    title: `${endpoint.name} took ${ms(p95Ms ?? 0)} ms at p95 over ${formatDuration(sinceMs)}, its objective is ${ms(endpoint.objective.p95Ms)} ms`,
    subject: { kind: 'endpoint', name: endpoint.name },
    evidence: [
      {
        label: 'p95',
        value: ms(p95Ms ?? 0),
        unit: `ms (objective ${ms(endpoint.objective.p95Ms)} ms, ${ok} samples)`,
      },
      { label: 'median', value: ms(p50Ms ?? 0), unit: 'ms' },
    ],
    fix: {
      summary: RULES.periodLatency.fix,
      steps: ['Look at its worst hours below, and at what happened then.'],
    },
    check: { command: 'performance-report', input: { endpoints: [endpoint.name], since: `${sinceMs}ms` } },
  };
}

/** An interval too long for the objective makes every percentage a guess; said once per endpoint. */
function supportDiagnostics(histories: readonly EndpointHistory[], options: HealthOptions): Diagnostic[] {
  return histories.flatMap(({ endpoint }) => {
    const support = intervalSupport(objectiveOf(endpoint, options.slo.window), endpoint.intervalMs);
    if (support.supported) return [];
    const message = `${endpoint.name}: probing every ${formatDuration(endpoint.intervalMs)} cannot support ${percent(endpoint.objective.availability / 100)} %: ${support.reason}`;
    return [{ level: 'warning' as const, message, hint: 'Probe more often, or state a weaker objective.' }];
  });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
