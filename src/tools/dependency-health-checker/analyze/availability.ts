import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { Evidence, Rule } from '../../../core/finding.ts';
import { percent } from '../../../core/rounding.ts';
import { binomialUpperTail } from '../../../core/statistics/binomial.ts';
import { PHASE_NAMES, type ProbeResult } from '../../../platform/probe/types.ts';
import { describeCause } from '../../_shared/probes/cause-text.ts';
import { RULES } from '../rules.ts';
import { explanationOf } from './causes.ts';
import { dependencyFinding, dependencySubject, impactOn } from './finding.ts';
import { answersInPart, type DependencyMeasure } from './measure.ts';
import { stepsForCause } from './steps.ts';

/** Probes that decide about down: each has failed on three fresh connections. */
export const FIRST_LOOK = 3;
const MIN_FAILED = 2;
/** First tries that may fail without a word: a connection lost here and there. */
const TOLERATED_SHARE = 0.01;
const ALPHA = 0.001;
const MIN_FAILURES = 3;
/** Below this an error rate of a third would be missed too often to say that there is none. */
const SAMPLES_FOR_RATE = 10;

const SILENT: ReadonlySet<string> = new Set(['no-response', 'body-timeout']);
/** Their messages repeat what a server said. */
const QUOTING: ReadonlySet<string> = new Set([
  'auth-failed',
  'not-ready',
  'protocol-error',
  'assertion',
  'status-unexpected',
]);
const DOWN_RULES: readonly Rule[] = [RULES.down, RULES.noResponse, RULES.affected];

export interface AvailabilityContext {
  graph: DependencyGraph;
  /** What explains a failure. */
  causes: DependencyGraph;
  /** Names of those that are down, of all that were looked at. */
  down: ReadonlySet<string>;
  /** Names of those whose certificate is refused, and said to be. */
  refused: ReadonlySet<string>;
  /** When it last worked, from history; absent when nobody knows. */
  lastGoodMs: ReadonlyMap<string, number>;
}

/** Down, silent, or with a rate of errors; what another one that is down explains is said as that. */
export function assessAvailability(
  measures: readonly DependencyMeasure[],
  context: AvailabilityContext,
): Assessment {
  return mergeAssessments(
    measures
      .filter(({ monitored }) => monitored.plan.kind !== 'domain')
      .map((measure) => assess(measure, context)),
  );
}

/** At least two of the first three probes failed, and more than half of all. A name server among others is a part. */
export function isDown({ monitored, results, failed }: DependencyMeasure): boolean {
  if (monitored.plan.kind === 'domain') return false;
  const whole = results.filter((result) => !answersInPart(monitored.plan.kind, result));
  const firstFailed = whole.slice(0, FIRST_LOOK).filter(({ cold }) => !cold.success).length;
  const enough = Math.min(MIN_FAILED, Math.max(1, results.length));
  return firstFailed >= enough && whole.length > 0 && failed > results.length / 2;
}

function assess(measure: DependencyMeasure, context: AvailabilityContext): Assessment {
  const assessment = emptyAssessment();
  const { monitored, results, limited, suspect } = measure;
  const subject = dependencySubject(monitored);
  if (results.length === 0) {
    const reason =
      limited > 0
        ? 'it answers 429 to every probe'
        : `no usable probe (${suspect} were made while this machine was too busy to measure)`;
    assessment.notChecked.push({
      subject,
      rules: [...DOWN_RULES, RULES.errorRate].map(({ id }) => id),
      reason,
    });
    return assessment;
  }
  if (!context.down.has(monitored.name)) {
    for (const rule of DOWN_RULES) assessment.checked.push({ subject, rule });
    return mergeAssessments([assessment, assessErrorRate(measure, context)]);
  }
  if (measure.causes[0]?.cause === 'tls-failed' && context.refused.has(monitored.name)) {
    for (const rule of [RULES.noResponse, RULES.affected]) assessment.checked.push({ subject, rule });
    assessment.notChecked.push({
      subject,
      rules: [RULES.down.id, RULES.errorRate.id],
      reason: 'its certificate is refused',
      hint: 'Mend the certificate, then look again.',
    });
    return assessment;
  }
  const cause = explanationOf(monitored.name, context.down, context.causes);
  if (cause !== null) {
    assessment.checked.push({ subject, rule: RULES.affected });
    assessment.findings.push(affected(measure, cause, context));
    assessment.notChecked.push({
      subject,
      rules: [RULES.down.id, RULES.noResponse.id, RULES.errorRate.id],
      reason: `${cause} is down, and it is reached through it`,
      hint: `Bring ${cause} back, then look again.`,
    });
    return assessment;
  }
  for (const rule of DOWN_RULES) assessment.checked.push({ subject, rule });
  assessment.findings.push(down(measure, context));
  return assessment;
}

function down(measure: DependencyMeasure, context: AvailabilityContext): Assessment['findings'][number] {
  const { monitored, results } = measure;
  const cause = measure.causes[0]?.cause ?? 'unknown';
  return dependencyFinding(monitored, SILENT.has(cause) ? RULES.noResponse : RULES.down, {
    title: `${monitored.name} ${describeCause(cause)}`,
    evidence: downEvidence(measure, context.lastGoodMs.get(monitored.name)),
    impact: impactOn(context.graph, monitored.name, 'is down'),
    steps: stepsForCause(cause, monitored),
    // A single look may be a bad moment; several of them, each confirmed, are not.
    confidence: results.length >= MIN_FAILED ? 'proven' : 'likely',
  });
}

function affected(
  measure: DependencyMeasure,
  cause: string,
  context: AvailabilityContext,
): Assessment['findings'][number] {
  const { monitored } = measure;
  return {
    ...dependencyFinding(monitored, RULES.affected, {
      title: `${monitored.name} is down because ${cause} is down`,
      evidence: [
        { label: 'because of', value: cause },
        ...downEvidence(measure, context.lastGoodMs.get(monitored.name)),
      ],
      impact: impactOn(context.graph, monitored.name, 'is down'),
      steps: [`Bring ${cause} back; this one should follow.`],
    }),
    severity: 'info',
  };
}

/** Cause, tries, how far a connection got, and when it last worked. */
export function downEvidence(measure: DependencyMeasure, lastGoodMs: number | undefined): Evidence[] {
  const { results, failed, causes } = measure;
  const newest = results.findLast(({ cold }) => !cold.success);
  const tries = newest?.attempts ?? 1;
  return [
    {
      label: 'failed',
      value: failed,
      unit: `of ${results.length} probes${tries > 1 ? `, each on ${tries} fresh connections` : ''}`,
    },
    { label: 'cause', value: mixOf(causes) },
    ...(newest === undefined ? [] : [reached(newest), ...message(newest)]),
    ...lastGood(lastGoodMs),
  ];
}

export function mixOf(causes: readonly { cause: string; count: number }[]): string {
  return causes
    .slice(0, 4)
    .map(({ cause, count }) => `${cause} x${count}`)
    .join(', ');
}

function lastGood(lastGoodMs: number | undefined): Evidence[] {
  return lastGoodMs === undefined ? [] : [{ label: 'last good', value: new Date(lastGoodMs).toISOString() }];
}

function reached({ cold }: ProbeResult): Evidence {
  const phases = PHASE_NAMES.filter((name) => name !== 'queue' && cold.phases[name] !== null);
  return {
    label: 'got as far as',
    value: phases.at(-1) ?? 'nothing',
    unit: `(${phases.join(', ') || 'no phase'})`,
  };
}

/** Where the other side may be quoted, its words are marked as such; every other message is our own. */
function message({ cold, startedAtMs }: ProbeResult): Evidence[] {
  if (cold.message === null) return [];
  const at = new Date(startedAtMs).toISOString();
  return QUOTING.has(cold.cause ?? '')
    ? [{ label: 'newest failure', value: at, sample: cold.message }]
    : [{ label: 'newest failure', value: cold.message, unit: `at ${at}` }];
}

function assessErrorRate(measure: DependencyMeasure, { graph }: AvailabilityContext): Assessment {
  const assessment = emptyAssessment();
  const { monitored, results, errorMix, failed } = measure;
  const subject = dependencySubject(monitored);
  const firstFailed = errorMix.reduce((sum, { count }) => sum + count, 0);
  const isRate = isErrorRate(firstFailed, results.length) && monitored.plan.kind !== 'dns';
  if (isRate || results.length >= SAMPLES_FOR_RATE)
    assessment.checked.push({ subject, rule: RULES.errorRate });
  if (!isRate) return assessment;
  const share = percent(firstFailed / results.length);
  assessment.findings.push(
    dependencyFinding(monitored, RULES.errorRate, {
      title: `${monitored.name} fails ${share} % of first tries`,
      evidence: [
        { label: 'first tries that failed', value: share, unit: `% (${firstFailed} of ${results.length})` },
        { label: 'causes', value: mixOf(errorMix) },
        { label: 'failed again', value: failed, unit: 'of them, on two more connections' },
      ],
      impact: impactOn(graph, monitored.name, 'fails'),
      steps: stepsForCause(errorMix[0]?.cause ?? 'unknown', monitored),
      confidence: 'likely',
    }),
  );
  return assessment;
}

/** More than the odd lost connection explains. */
export function isErrorRate(firstFailed: number, tries: number): boolean {
  return firstFailed >= MIN_FAILURES && binomialUpperTail(firstFailed, tries, TOLERATED_SHARE) < ALPHA;
}
