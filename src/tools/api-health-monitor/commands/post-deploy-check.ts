import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { groupBy } from '../../../core/group-by.ts';
import {
  type Assessment,
  coverageOf,
  emptyAssessment,
  endpointFinding,
  endpointSubject,
  mergeAssessments,
  percent,
} from '../analyze/assessment.ts';
import { assessAvailability, isDown } from '../analyze/availability.ts';
import { compareAtLook, compareEndpoints, type Comparison, lookReached, LOOKS } from '../analyze/compare.ts';
import { type EndpointMeasure, measureEndpoint } from '../analyze/measure.ts';
import { beforeAfter, comparablePairs, regressionFinding } from '../analyze/regression.ts';
import { type Baseline, loadBaseline } from '../collect/baselines.ts';
import { collectEndpoints } from '../collect/endpoints.ts';
import { probeRound } from '../collect/round.ts';
import { defineCommand } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { HealthOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { endpointSelectionInput } from './inputs.ts';
import {
  comparisonDataSchema,
  comparisonTable,
  summariseComparisons,
  toComparisonData,
} from './comparison-view.ts';
import { measureMetrics } from './measures.ts';
import { nothingToCheck } from './status.ts';

const [FIRST_LOOK] = LOOKS;

const input = z.strictObject({
  ...endpointSelectionInput,
  baseline: z
    .string()
    .optional()
    .describe('Name of the baseline from before the deploy; default: the `baseline` setting'),
});

const data = z.object({
  baseline: z.object({ name: z.string(), savedAt: z.iso.datetime() }),
  endpoints: z.array(comparisonDataSchema),
});

export const postDeployCheck = defineCommand<typeof input, typeof data, HealthOptions>({
  summary: 'Whether the release made any endpoint slower or less reliable than the baseline',
  input,
  data,
  effect: 'traffic',
  examples: [
    {
      line: 'rearguard api-health-monitor post-deploy-check',
      does: 'every endpoint against the default baseline',
    },
    { line: 'rearguard health post-deploy-check --baseline before-v2', does: 'against a named one' },
  ],
  async run(ctx, { baseline: baselineName, ...selection }) {
    const name = baselineName ?? ctx.options.baseline;
    const baseline = loadBaseline(ctx.store, name);
    if (baseline === undefined) throw new RearguardError('E_BASELINE_UNKNOWN', { name });
    const { endpoints, notChecked } = await collectEndpoints(ctx, selection);
    if (endpoints.length === 0) throw nothingToCheck(notChecked[0]?.reason);
    const results = await probeRound(ctx, endpoints, {
      samples: FIRST_LOOK,
      maxLooks: LOOKS.length,
      more: (endpoint, soFar) => {
        const before = baseline.endpoints.get(endpoint.name);
        if (before === undefined) return false;
        return (
          compareAtLook(beforeAfter(before, measureEndpoint(endpoint, soFar)), lookReached(soFar.length))
            .nextLook !== null
        );
      },
    });
    const measures = endpoints.map((endpoint) => measureEndpoint(endpoint, results.get(endpoint.name) ?? []));
    const pairs = comparablePairs(measures, baseline);
    const comparisons = new Map(
      compareEndpoints(pairs.map(({ input }) => input)).map((comparison, index) => [
        pairs[index]?.measure,
        comparison,
      ]),
    );
    const nowMs = ctx.clock.wallMs();
    const deploys = ctx.store.events.list({ fromMs: baseline.savedAtMs, toMs: nowMs + 1 }, ['deploy']);
    const assessment = mergeAssessments([
      assessAvailability(measures),
      ...measures.map((measure) => assessOne(measure, comparisons.get(measure), baseline, deploys)),
    ]);
    const rows = measures.map((measure) => toComparisonData(measure, comparisons.get(measure)));
    const coverage = coverageOf(assessment);
    const findings = uniqueByRuleAndSubject(assessment.findings);
    return {
      // A check that could compare nothing has not found that all is well.
      ...(rows.every(({ verdict }) => verdict === 'not-enough-data' || verdict === 'new')
        ? { status: 'unknown' as const }
        : {}),
      summary: summariseComparisons(rows, name),
      findings,
      coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
      insights: insightsOf(findings),
      metrics: measureMetrics(measures),
      sections: [comparisonTable(rows, name)],
      data: { baseline: { name, savedAt: new Date(baseline.savedAtMs).toISOString() }, endpoints: rows },
    };
  },
});

function assessOne(
  measure: EndpointMeasure,
  comparison: Comparison | undefined,
  baseline: Baseline,
  deploys: Parameters<typeof regressionFinding>[3]['deploys'],
): Assessment {
  const assessment = emptyAssessment();
  const subject = endpointSubject(measure.endpoint);
  const rules = [RULES.latencyRegression.id];
  if (comparison === undefined) {
    const reason = isDown(measure) ? 'it is down' : `the baseline "${baseline.name}" does not know it`;
    assessment.notChecked.push({ subject, rules, reason });
    return assessment;
  }
  if (comparison.verdict === 'not-enough-data') {
    assessment.notChecked.push({ subject, rules, reason: comparison.reason ?? 'not enough data' });
    return assessment;
  }
  assessment.checked.push({ subject, rule: RULES.latencyRegression });
  const check = (endpoint: string) => ({
    command: 'post-deploy-check',
    input: { endpoints: [endpoint], baseline: baseline.name },
  });
  const finding = regressionFinding(measure, comparison, baseline, { deploys, check });
  if (finding) assessment.findings.push(finding);
  if (comparison.alarms.includes('more-errors')) {
    assessment.findings.push(moreErrors(measure, comparison, check(measure.endpoint.name)));
  }
  return assessment;
}

function moreErrors(
  measure: EndpointMeasure,
  comparison: Comparison,
  check: { command: string; input: Record<string, unknown> },
) {
  const { errors } = comparison;
  return endpointFinding(measure.endpoint, RULES.errorRate, {
    title: `${measure.endpoint.name} fails more often than in the baseline`,
    confidence: 'proven',
    evidence: [
      {
        label: 'failed',
        value: percent(errors.afterShare ?? 0),
        unit: `% (${percent(errors.beforeShare ?? 0)} % before)`,
      },
      {
        label: 'p-value',
        value: comparison.pValue.toExponential(1),
        unit: "(Fisher's exact test, Holm-corrected)",
      },
      { label: 'causes', value: measure.causes.map(({ cause, count }) => `${cause} x${count}`).join(', ') },
    ],
    steps: ['Read the newest errors of this endpoint since the deploy.', 'Roll back if they began with it.'],
    check,
  });
}

/** Availability and comparison may both say "error rate" of one endpoint; the first says it better. */
function uniqueByRuleAndSubject(findings: readonly FindingDraft[]): FindingDraft[] {
  return [...groupBy(findings, ({ rule, subject }) => `${rule} ${subject.name}`).values()].flatMap((group) =>
    group.slice(0, 1),
  );
}
