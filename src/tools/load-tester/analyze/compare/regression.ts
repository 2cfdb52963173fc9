import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { counted } from '../../../../core/counted.ts';
import type { Evidence, FindingDraft, Subject } from '../../../../core/finding.ts';
import { groupBy } from '../../../../core/group-by.ts';
import { RULES } from '../../rules.ts';
import { mayBeWorse } from './compare.ts';
import { changeText, figureText, intervalText, METRIC_TITLES } from './figure-text.ts';
import type { ComparedBlocks, MetricChange } from './types.ts';

export interface RegressionContext {
  kind: ComparedBlocks['kind'];
  /** The baseline comes from another machine than this one. */
  otherHost: boolean;
  /** Why the generator itself was the limit; null when it was fit. Nothing is concluded then. */
  unfit: string | null;
  /** The generator was late now and then, on both sides alike. */
  late: boolean;
  /** What the error budget saw that ended the comparison early; null when it was whole. */
  endedEarly?: string | null;
  /** `http://127.0.0.1:3000`, or the baseline's name: what is better. */
  beforeName: string;
  /** Where the endpoints are; for people. */
  location: string;
  check: (endpoint: string) => FindingDraft['check'];
}

/** From here on users feel it. */
const SEVERE_CHANGE = 0.2;

/** One finding an endpoint at most: the same release, told by several figures. */
export function assessChanges(changes: readonly MetricChange[], context: RegressionContext): Assessment {
  const assessment = emptyAssessment();
  const rule = RULES.regressionUnderLoad;
  for (const [endpoint, own] of groupBy(changes, ({ endpoint }) => endpoint)) {
    const subject: Subject = { kind: 'endpoint', name: endpoint, location: context.location };
    const open = own.filter(mayBeWorse);
    const regressed = own.filter(({ verdict }) => verdict === 'regressed');
    if (context.unfit !== null) {
      assessment.notChecked.push({ subject, rules: [rule.id], reason: context.unfit });
    } else if (regressed.length > 0) {
      assessment.checked.push({ subject, rule });
      assessment.findings.push(regressionFinding(subject, regressed, context));
    } else if (open.length > 0) {
      assessment.notChecked.push({ subject, rules: [rule.id], ...whyOpen(open) });
    } else {
      assessment.checked.push({ subject, rule });
    }
  }
  return assessment;
}

function whyOpen(open: readonly MetricChange[]): { reason: string; hint?: string } {
  const [first] = open;
  const names = open.map(({ metric }) => METRIC_TITLES[metric]).join(', ');
  const needed = Math.max(0, ...open.map(({ pairsNeeded }) => pairsNeeded ?? 0));
  return {
    reason: `${names}: ${first?.reason ?? 'it is open'}`,
    ...(needed > 0 ? { hint: `About ${needed} pairs of blocks would tell: --pairs ${needed}` } : {}),
  };
}

function regressionFinding(
  subject: Subject,
  regressed: readonly MetricChange[],
  context: RegressionContext,
): FindingDraft {
  // The median stands for every request, so it leads where it is among them.
  const [worst] = regressed as [MetricChange, ...MetricChange[]];
  const rule = RULES.regressionUnderLoad;
  const isSevere = regressed.some(
    ({ metric, change }) => metric === 'errors' || Math.abs(change ?? 0) >= SEVERE_CHANGE,
  );
  const paired = context.kind === 'paired';
  return {
    rule: rule.id,
    severity: isSevere ? 'high' : 'medium',
    confidence: confidenceOf(worst, context),
    title: titleOf(subject.name, worst),
    subject,
    evidence: [...regressed.flatMap(evidenceOf), ...methodOf(worst, context)],
    impact: impactOf(worst),
    fix: {
      summary: rule.fix,
      steps: [
        paired
          ? 'Compare what the two versions do on this path: queries, calls to others, work per request.'
          : 'Find what changed since the baseline, and rule out the machine: measure both versions beside each other with --before and --after.',
        'Profile the new version at this rate, where the difference shows.',
        'Roll back if users feel it, then fix it at leisure.',
      ],
    },
    check: context.check(subject.name),
  };
}

function confidenceOf(
  worst: MetricChange,
  { kind, late, otherHost }: RegressionContext,
): FindingDraft['confidence'] {
  if (kind === 'unpaired') return otherHost ? 'possible' : 'likely';
  // Side by side is a control; a generator that is in time makes it a clean one.
  return late || isOfOneBlock(worst) ? 'likely' : 'proven';
}

function titleOf(endpoint: string, { metric, before, after, change }: MetricChange): string {
  const [old, now] = [figureText(metric, before), figureText(metric, after)];
  if (metric === 'errors') return `${endpoint} fails more often under the same load: ${now}, was ${old}`;
  if (metric === 'throughput') return `${endpoint} answers fewer requests a second: ${now}, was ${old}`;
  return `${endpoint} is slower under the same load: ${metric} ${now}, was ${old} (${changeText(metric, change)})`;
}

function evidenceOf(change: MetricChange): Evidence[] {
  const { metric, before, after, pValue } = change;
  return [
    {
      label: METRIC_TITLES[metric],
      value: figureText(metric, after),
      unit: `(${figureText(metric, before)} before)`,
    },
    {
      label: `${METRIC_TITLES[metric]} changed by`,
      value: changeText(metric, change.change),
      ...(change.interval === null ? {} : { unit: `(95 % interval ${intervalText(change)})` }),
    },
    ...(pValue === null
      ? []
      : [
          {
            label: `${METRIC_TITLES[metric]} p-value`,
            value: pValue.toExponential(1),
            unit: '(Holm-corrected)',
          },
        ]),
  ];
}

/** What a comparison that ended early concludes from has no blocks to take an interval of. */
function isOfOneBlock({ metric, interval }: MetricChange): boolean {
  return metric === 'errors' && interval === null;
}

function methodOf(
  worst: MetricChange,
  { kind, otherHost, beforeName, endedEarly = null }: RegressionContext,
): Evidence[] {
  const { blocks } = worst;
  if (endedEarly !== null && isOfOneBlock(worst)) {
    return [
      { label: 'ended early, to spare it', value: endedEarly },
      {
        label: 'compared with',
        value: counted(blocks, 'whole block'),
        unit: `of ${beforeName} (Fisher's exact test)`,
      },
    ];
  }
  if (kind === 'paired') {
    return [
      {
        label: 'compared over',
        value: counted(blocks, 'pair'),
        unit: 'of blocks in turn, with the same arrivals (sign-flip test)',
      },
    ];
  }
  return [
    {
      label: 'compared over',
      value: counted(blocks, 'block'),
      unit: `a side (rank test); unpaired, weaker${otherHost ? ', and of another machine' : ''}`,
    },
    { label: 'baseline', value: beforeName },
  ];
}

function impactOf({ metric, before, after }: MetricChange): NonNullable<FindingDraft['impact']> {
  const difference = Math.abs((after ?? 0) - (before ?? 0));
  const text = figureText(metric, difference);
  if (metric === 'errors') {
    return {
      summary: `${text} of the requests fail that did not before.`,
      basis: 'measured',
      value: Number((difference * 100).toPrecision(3)),
      unit: '%',
    };
  }
  const summary =
    metric === 'throughput'
      ? `${text} fewer are answered by the same users.`
      : metric === 'p50'
        ? `A typical request takes ${text} longer.`
        : `One request in twenty takes ${text} longer.`;
  return { summary, basis: 'measured' };
}
