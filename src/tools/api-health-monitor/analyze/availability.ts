import { groupBy } from '../../../core/group-by.ts';
import { binomialUpperTail, clopperPearsonInterval } from '../../../core/statistics/binomial.ts';
import type { Evidence, Rule } from '../../../core/finding.ts';
import type { ProbeCause, ProbeResult } from '../../../platform/probe/types.ts';
import { RULES } from '../rules.ts';
import {
  type Assessment,
  emptyAssessment,
  endpointFinding,
  endpointSubject,
  mergeAssessments,
  percent,
  targetSubject,
} from './assessment.ts';
import { describeCause } from '../../_shared/probes/cause-text.ts';
import { stepsForCause } from './cause-text.ts';
import { findFlapping, SAMPLES_FOR_FLAPPING } from './flapping.ts';
import type { EndpointMeasure } from './measure.ts';

/** Tries below which nothing is said. */
const MIN_TRIES = 4;
/** One false alarm in a thousand rounds per endpoint. */
const ALPHA = 0.001;
const MIN_FAILURES = 3;

/** No answer could begin: these speak about the target, not about one path of it. */
const CONNECTION_CAUSES: ReadonlySet<string> = new Set<ProbeCause>([
  'dns-not-found',
  'dns-timeout',
  'dns-failed',
  'refused',
  'connect-timeout',
  'unreachable',
  'tls-failed',
  'tls-timeout',
]);
const SILENT_CAUSES: ReadonlySet<string> = new Set<ProbeCause>(['no-response', 'body-timeout']);
const EXPECTATION_CAUSES: ReadonlySet<string> = new Set<ProbeCause>([
  'status-4xx',
  'status-unexpected',
  'assertion',
]);

const AVAILABILITY_RULES: readonly Rule[] = [
  RULES.endpointFailing,
  RULES.noResponse,
  RULES.errorRate,
  RULES.flapping,
  RULES.unexpectedResponse,
];

/** Availability of every endpoint; what takes a whole target down is said once, about the target. */
export function assessAvailability(measures: readonly EndpointMeasure[]): Assessment {
  const byTarget = groupBy(measures, (measure) => measure.endpoint.target.name);
  return mergeAssessments([...byTarget.values()].map(assessTarget));
}

function assessTarget(measures: readonly EndpointMeasure[]): Assessment {
  const judged = measures.filter((measure) => measure.results.length >= MIN_TRIES);
  const assessment = emptyAssessment();
  for (const measure of measures.filter((candidate) => !judged.includes(candidate))) {
    assessment.notChecked.push({
      subject: endpointSubject(measure.endpoint),
      rules: AVAILABILITY_RULES.map((rule) => rule.id),
      reason: `only ${measure.results.length} usable probes (${measure.suspect} were made while this machine was too busy to measure)`,
      hint: 'Run it again, or raise tools.api-health-monitor.round.samples.',
    });
  }
  const [first] = judged;
  if (first === undefined) return assessment;
  const whole = wholeTargetCause(judged);
  assessment.checked.push({ subject: targetSubject(first.endpoint), rule: RULES.targetDown });
  assessment.checked.push({ subject: targetSubject(first.endpoint), rule: RULES.noResponse });
  if (whole === undefined)
    return mergeAssessments([assessment, ...judged.map((measure) => assessEndpoint(measure, judged))]);
  assessment.findings.push(targetFinding(judged, whole));
  for (const { endpoint } of judged) {
    assessment.notChecked.push({
      subject: endpointSubject(endpoint),
      rules: AVAILABILITY_RULES.map((rule) => rule.id),
      reason: `its target ${endpoint.target.name} is down`,
    });
  }
  return assessment;
}

/** The cause that every endpoint of a target shares, if it is one that speaks about the target. */
function wholeTargetCause(measures: readonly EndpointMeasure[]): string | undefined {
  const causes = new Set(measures.map((measure) => (isDown(measure) ? measure.causes[0]?.cause : undefined)));
  const [cause] = causes;
  if (causes.size !== 1 || cause === undefined) return undefined;
  if (CONNECTION_CAUSES.has(cause)) return cause;
  // One silent endpoint may be its own fault; when all of several are silent, the process is.
  return cause === 'no-response' && measures.length > 1 ? cause : undefined;
}

/** At least three of the first four tries failed, and more than half of all. */
export function isDown(measure: EndpointMeasure): boolean {
  const firstTries = measure.results.slice(0, MIN_TRIES).filter(({ cold }) => !cold.success).length;
  return firstTries >= MIN_FAILURES && measure.failed > measure.results.length / 2;
}

function targetFinding(measures: readonly EndpointMeasure[], cause: string): Assessment['findings'][number] {
  const [first] = measures as [EndpointMeasure];
  const { target } = first.endpoint;
  const rule = cause === 'no-response' ? RULES.noResponse : RULES.targetDown;
  const tries = measures.reduce((sum, measure) => sum + measure.results.length, 0);
  const failed = measures.reduce((sum, measure) => sum + measure.failed, 0);
  return {
    rule: rule.id,
    severity: rule.severity,
    confidence: 'proven',
    title: `${target.name} ${describeCause(cause)} on every endpoint`,
    subject: targetSubject(first.endpoint),
    evidence: [
      { label: 'failed', value: failed, unit: `of ${tries} probes` },
      { label: 'endpoints affected', value: measures.length, unit: `of ${measures.length}` },
      ...lastMessage(first.results),
    ],
    impact: { summary: 'Nothing of this target can be used.', basis: 'measured', value: 100, unit: '%' },
    fix: { summary: rule.fix, steps: stepsForCause(cause, target.baseUrl) },
    check: { command: 'status', input: { target: target.name } },
  };
}

function assessEndpoint(measure: EndpointMeasure, siblings: readonly EndpointMeasure[]): Assessment {
  const assessment = emptyAssessment();
  const { endpoint } = measure;
  for (const rule of judgeable(measure))
    assessment.checked.push({ subject: endpointSubject(endpoint), rule });
  const worst = measure.causes[0];
  if (worst === undefined) return assessment;
  const tries = measure.results.length;
  const failedShare = measure.failed / tries;
  const interval = clopperPearsonInterval(measure.failed, tries, 0.95) ?? { low: 0, high: 1 };
  const evidence: Evidence[] = [
    {
      label: 'failed',
      value: percent(failedShare),
      unit: `% (${measure.failed} of ${tries} probes, 95 % interval ${percent(interval.low)} to ${percent(interval.high)} %)`,
    },
    {
      label: 'causes',
      value: measure.causes
        .slice(0, 3)
        .map(({ cause, count }) => `${cause} x${count}`)
        .join(', '),
    },
    ...lastMessage(measure.results),
  ];
  const impact = {
    summary: `${percent(failedShare)} % of calls to this endpoint fail.`,
    basis: 'measured',
    value: percent(failedShare),
    unit: '%',
  } as const;
  const steps = stepsForCause(worst.cause, endpoint.target.baseUrl + endpoint.path);
  const flapping = findFlapping(measure.results);
  if (flapping) {
    evidence.push({
      label: 'changes',
      value: flapping.changes,
      unit: `in ${flapping.spanSeconds} s (runs test p = ${flapping.pValue.toExponential(1)})`,
    });
    assessment.findings.push(
      endpointFinding(endpoint, RULES.flapping, {
        title: `${endpoint.name} goes up and down`,
        evidence,
        impact,
        steps,
      }),
    );
    return assessment;
  }
  if (isDown(measure)) {
    const rule = SILENT_CAUSES.has(worst.cause)
      ? RULES.noResponse
      : EXPECTATION_CAUSES.has(worst.cause)
        ? RULES.unexpectedResponse
        : RULES.endpointFailing;
    // The other endpoints of the same target are the control: the path there works.
    const control = siblings.find((sibling) => sibling !== measure && sibling.failed === 0);
    if (control)
      evidence.push({
        label: 'control',
        value: `${control.endpoint.name} answered ${control.results.length} of ${control.results.length}`,
      });
    assessment.findings.push(
      endpointFinding(endpoint, rule, {
        title: `${endpoint.name} ${describeCause(worst.cause)}`,
        confidence: control ? 'proven' : 'likely',
        evidence,
        impact,
        steps,
      }),
    );
    return assessment;
  }
  const allowed = 1 - endpoint.objective.availability / 100;
  if (measure.failed >= MIN_FAILURES && binomialUpperTail(measure.failed, tries, allowed) < ALPHA) {
    evidence.push({
      label: 'allowed',
      value: percent(allowed),
      unit: `% (objective ${endpoint.objective.availability} %)`,
    });
    assessment.findings.push(
      endpointFinding(
        endpoint,
        EXPECTATION_CAUSES.has(worst.cause) ? RULES.unexpectedResponse : RULES.errorRate,
        {
          title: `${endpoint.name} fails ${percent(failedShare)} % of calls`,
          severity: interval.low >= 0.02 ? 'high' : 'medium',
          evidence,
          impact,
          steps,
        },
      ),
    );
  }
  return assessment;
}

/** A dead endpoint has no rate, and a short look sees no rhythm; what cannot be judged must not pass for gone. */
function judgeable(measure: EndpointMeasure): readonly Rule[] {
  if (isDown(measure)) return [RULES.endpointFailing, RULES.noResponse, RULES.unexpectedResponse];
  return measure.results.length >= SAMPLES_FOR_FLAPPING
    ? AVAILABILITY_RULES
    : AVAILABILITY_RULES.filter((rule) => rule !== RULES.flapping);
}

/** What an assertion saw is text from the backend; every other message is our own. */
function lastMessage(results: readonly ProbeResult[]): Evidence[] {
  const newest = results.findLast(({ cold }) => cold.message !== null);
  if (!newest?.cold.message) return [];
  const at = new Date(newest.startedAtMs).toISOString();
  return newest.cold.cause === 'assertion'
    ? [{ label: 'newest failure', value: at, sample: newest.cold.message }]
    : [{ label: 'newest failure', value: newest.cold.message, unit: `at ${at}` }];
}
