import type { BackendEvent } from '../../../core/event.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { median } from '../../../core/statistics/summary.ts';
import type { Baseline, EndpointBaseline } from '../collect/baselines.ts';
import { RULES } from '../rules.ts';
import {
  type Assessment,
  emptyAssessment,
  endpointFinding,
  endpointSubject,
  ms,
  percent,
} from './assessment.ts';
import { isDown } from './availability.ts';
import { type BeforeAfter, compareEndpoints, type Comparison } from './compare.ts';
import type { EndpointMeasure } from './measure.ts';

/** Suspicion that is worth another look, long before it is an alarm. */
const SUSPICIOUS_P = 0.2;

export interface RegressionContext {
  /** Endpoints whose slowness is reported already; the comparison becomes evidence there, not a second finding. */
  alreadySlow: ReadonlySet<string>;
  /** A shift below this is no finding: two moments that nobody controlled differ by more than a controlled comparison does. */
  floorMs: (oldMedianMs: number) => number;
  /** Deploys since the baseline: with one in between, slower is a regression of a release. */
  deploys: readonly BackendEvent[];
  /** The command and input that raise the finding again, for one endpoint. */
  check: (endpointName: string) => FindingDraft['check'];
}

/** Every endpoint that the baseline knows against it, by the rule in compare.ts. */
export function assessRegression(
  measures: readonly EndpointMeasure[],
  baseline: Baseline | undefined,
  context: RegressionContext,
): Assessment {
  const assessment = emptyAssessment();
  if (baseline === undefined) return assessment;
  const comparable = comparablePairs(measures, baseline);
  for (const [index, comparison] of compareEndpoints(comparable.map(({ input }) => input)).entries()) {
    const { measure, input } = comparable[index] as ComparablePair;
    const subject = endpointSubject(measure.endpoint);
    const finding = regressionFinding(measure, comparison, baseline, context);
    const rules = [RULES.latencyRegression.id];
    if (comparison.verdict === 'not-enough-data') {
      assessment.notChecked.push({
        subject,
        rules,
        reason: comparison.reason ?? 'not enough data',
      });
    } else if (!isLarge(comparison, input.before, context)) {
      // Neither a finding nor a verdict: it must not resolve what a controlled comparison found.
      const reason = `it is ${ms(comparison.shiftMs ?? 0)} ms slower than the baseline, which two uncontrolled moments may differ by`;
      assessment.notChecked.push({
        subject,
        rules,
        reason,
        hint: 'After a deploy, `rearguard api-health-monitor post-deploy-check` can tell.',
      });
    } else if (!context.alreadySlow.has(measure.endpoint.name)) {
      assessment.checked.push({ subject, rule: RULES.latencyRegression });
      if (finding) assessment.findings.push(finding);
    }
  }
  return assessment;
}

function isLarge(comparison: Comparison, before: readonly number[], { floorMs }: RegressionContext): boolean {
  return comparison.verdict !== 'slower' || (comparison.shiftMs ?? 0) > floorMs(median(before) ?? 0);
}

interface ComparablePair {
  measure: EndpointMeasure;
  input: BeforeAfter;
}

/** What is down has its own finding; what the baseline does not know cannot have changed. */
export function comparablePairs(
  measures: readonly EndpointMeasure[],
  baseline: Pick<Baseline, 'endpoints'>,
): ComparablePair[] {
  return measures.flatMap((measure) => {
    const before = baseline.endpoints.get(measure.endpoint.name);
    return before === undefined || isDown(measure) ? [] : [{ measure, input: beforeAfter(before, measure) }];
  });
}

export function beforeAfter(
  before: EndpointBaseline,
  measure: Pick<EndpointMeasure, 'latencies' | 'failed'>,
): BeforeAfter {
  return {
    before: before.latenciesMs,
    beforeFailed: before.failed,
    after: [...measure.latencies],
    afterFailed: measure.failed,
  };
}

/** Whether more samples may turn the comparison with the baseline into a verdict. */
export function comparisonNeedsAnotherLook(comparison: Comparison): boolean {
  return (
    comparison.nextLook !== null &&
    (comparison.verdict === 'not-enough-data' || comparison.pValue < SUSPICIOUS_P)
  );
}

export function regressionFinding(
  measure: EndpointMeasure,
  comparison: Comparison,
  baseline: Pick<Baseline, 'name' | 'savedAtMs'>,
  context: Pick<RegressionContext, 'deploys' | 'check'>,
): FindingDraft | undefined {
  const { endpoint } = measure;
  // A deploy of another target explains nothing here.
  const deploy = context.deploys.findLast(
    ({ target }) => target === undefined || target === endpoint.target.name,
  );
  const after =
    deploy === undefined
      ? `since the baseline "${baseline.name}"`
      : `after deploy ${deploy.release ?? deploy.title}`;
  const common = {
    // The same endpoint, measured the same way before, is the control.
    confidence: 'proven' as const,
    severity: deploy === undefined ? ('medium' as const) : ('high' as const),
    check: context.check(endpoint.name),
    steps: [
      deploy === undefined
        ? 'Find what changed since the baseline was taken.'
        : `Compare release ${deploy.release ?? deploy.title} with the one before on this path.`,
      'Roll back if users feel it, then fix it at leisure.',
    ],
  };
  const shared: Evidence[] = [
    { label: 'p-value', value: comparison.pValue.toExponential(1), unit: '(Holm-corrected)' },
    {
      label: 'samples',
      value: `${comparison.n.before} before, ${comparison.n.after} after`,
      unit: `(worth ${Math.round(comparison.effectiveN.before)} and ${Math.round(comparison.effectiveN.after)})`,
    },
    { label: 'baseline', value: baseline.name, unit: `of ${new Date(baseline.savedAtMs).toISOString()}` },
  ];
  if (comparison.verdict === 'slower' && comparison.shiftMs !== null) {
    const interval = comparison.shiftInterval;
    return endpointFinding(endpoint, RULES.latencyRegression, {
      ...common,
      title: `${endpoint.name} is ${ms(comparison.shiftMs)} ms slower ${after}`,
      evidence: [
        {
          label: 'slower by',
          value: ms(comparison.shiftMs),
          unit:
            interval === null ? 'ms' : `ms (95 % interval ${ms(interval.low)} to ${ms(interval.high)} ms)`,
        },
        { label: 'median now', value: ms(measure.p50Ms ?? 0), unit: 'ms' },
        ...shared,
      ],
      impact: {
        summary: `Every call takes about ${ms(comparison.shiftMs)} ms longer.`,
        basis: 'measured',
        value: ms(comparison.shiftMs),
        unit: 'ms',
      },
    });
  }
  if (comparison.verdict === 'tail-slower') {
    const { tail } = comparison;
    return endpointFinding(endpoint, RULES.slowTail, {
      ...common,
      severity: 'medium',
      title: `${endpoint.name} has more slow calls ${after}`,
      evidence: [
        {
          label: 'above the old p95',
          value: percent(tail.afterShare ?? 0),
          unit: `% (${percent(tail.beforeShare ?? 0)} % before)`,
        },
        { label: 'old p95', value: ms(tail.limitMs ?? 0), unit: 'ms' },
        ...shared,
      ],
    });
  }
  return undefined;
}
