import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import { RearguardError } from '../../../core/errors.ts';
import { coverageOf, mergeAssessments } from '../analyze/assessment.ts';
import { assessAvailability } from '../analyze/availability.ts';
import { assessBudget } from '../analyze/budget.ts';
import { assessCertificates } from '../analyze/certificates.ts';
import { missesObjective } from '../../../core/statistics/objective.ts';
import { assessLatency, needsAnotherLook } from '../analyze/latency.ts';
import { type EndpointMeasure, measureEndpoint } from '../analyze/measure.ts';
import { compareAtLook, lookReached } from '../analyze/compare.ts';
import { assessRegression, beforeAfter, comparisonNeedsAnotherLook } from '../analyze/regression.ts';
import { type Baseline, loadBaseline } from '../collect/baselines.ts';
import { collectEndpoints, type Endpoint } from '../collect/endpoints.ts';
import { burnHistoryOf } from '../collect/history.ts';
import { probeRound } from '../collect/round.ts';
import { type CommandContext } from '../../context.ts';
import { defineCommand } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { HealthOptions } from '../options.ts';
import { endpointSelectionInput, samplesInput } from './inputs.ts';
import { measureDataSchema, measureMetrics, measuresTable, toMeasureData } from './measures.ts';

/** A baseline older than this says more about the season than about the release. */
const BASELINE_MAX_AGE_MS = 7 * 86_400_000;

const input = z.strictObject({
  ...endpointSelectionInput,
  samples: samplesInput.describe('Probes of each endpoint; default: the round.samples setting'),
});

const data = z.object({
  endpoints: z.array(measureDataSchema),
  baseline: z.object({ name: z.string(), savedAt: z.iso.datetime() }).nullable(),
});

export const status = defineCommand<typeof input, typeof data, HealthOptions>({
  summary: 'How every endpoint is now: a quick round of probes, judged with history',
  input,
  data,
  effect: 'traffic',
  examples: [
    { line: 'rearguard api-health-monitor status', does: 'all endpoints' },
    { line: 'rearguard health status --endpoints /api/users,/api/auth', does: 'two of them' },
  ],
  async run(ctx, { samples, ...selection }) {
    const { endpoints, notChecked } = await collectEndpoints(ctx, selection);
    if (endpoints.length === 0) throw nothingToCheck(notChecked[0]?.reason);
    const baseline = freshBaseline(ctx);
    const measures = await takeMeasures(ctx, endpoints, baseline, samples ?? ctx.options.round.samples);
    const nowMs = ctx.clock.wallMs();
    const latency = assessLatency(measures, baseline);
    const assessment = mergeAssessments([
      assessAvailability(measures),
      latency,
      assessCertificates(measures, ctx.options.certificate, nowMs),
      assessRegression(measures, baseline, {
        alreadySlow: new Set(latency.findings.map((finding) => finding.subject.name)),
        floorMs: noticeableShiftMs,
        deploys: ctx.store.events.list({ fromMs: baseline?.savedAtMs ?? nowMs, toMs: nowMs }, ['deploy']),
        check: (name) => ({ command: 'status', input: { endpoints: [name] } }),
      }),
      assessBudget(burnHistoryOf(ctx, endpoints, nowMs), nowMs, ctx.options.slo.window),
    ]);
    const coverage = coverageOf(assessment);
    return {
      summary: summarise(measures, assessment.findings.length),
      findings: assessment.findings,
      coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
      insights: insightsOf(assessment.findings),
      metrics: measureMetrics(measures),
      sections: [measuresTable(measures, 'Endpoints now, cold connections')],
      data: {
        endpoints: measures.map(toMeasureData),
        baseline:
          baseline === undefined
            ? null
            : { name: baseline.name, savedAt: new Date(baseline.savedAtMs).toISOString() },
      },
      next: baseline === undefined ? ['rearguard api-health-monitor baseline'] : [],
    };
  },
});

/** 10 % and 5 ms: what users may notice, and more than the hour of the day explains. */
function noticeableShiftMs(oldMedianMs: number): number {
  return Math.max(0.1 * oldMedianMs, 5);
}

function freshBaseline(ctx: CommandContext<HealthOptions>): Baseline | undefined {
  const baseline = loadBaseline(ctx.store, ctx.options.baseline);
  return baseline !== undefined && ctx.clock.wallMs() - baseline.savedAtMs <= BASELINE_MAX_AGE_MS
    ? baseline
    : undefined;
}

/** A round, and a second look at endpoints where more samples may decide. */
async function takeMeasures(
  ctx: CommandContext<HealthOptions>,
  endpoints: readonly Endpoint[],
  baseline: Baseline | undefined,
  samples: number,
): Promise<EndpointMeasure[]> {
  const results = await probeRound(ctx, endpoints, {
    samples,
    maxLooks: 2,
    budgetMs: ctx.options.round.maxDuration,
    decided: (endpoint, soFar) =>
      missesObjective(measureEndpoint(endpoint, soFar).latencies, endpoint.objective.p95Ms),
    more: (endpoint, soFar) => {
      const measure = measureEndpoint(endpoint, soFar);
      const before = baseline?.endpoints.get(endpoint.name);
      return (
        needsAnotherLook(measure.latencies, endpoint.objective.p95Ms) ||
        (before !== undefined &&
          comparisonNeedsAnotherLook(compareAtLook(beforeAfter(before, measure), lookReached(soFar.length))))
      );
    },
  });
  return endpoints.map((endpoint) => measureEndpoint(endpoint, results.get(endpoint.name) ?? []));
}

export function nothingToCheck(reason: string | undefined): RearguardError {
  return new RearguardError('E_NOTHING_TO_CHECK', {
    message: `There is no endpoint to check${reason === undefined ? '' : `: ${reason}`}.`,
    hint: 'List some under tools.api-health-monitor.endpoints, or give a target an openapi document.',
  });
}

function summarise(measures: readonly EndpointMeasure[], findings: number): string {
  const answering = measures.filter((measure) => measure.latencies.length > 0).length;
  const tail = findings === 0 ? 'nothing to report' : counted(findings, 'finding');
  return `${answering} of ${counted(measures.length, 'endpoint')} ${answering === 1 ? 'answers' : 'answer'}; ${tail}.`;
}
