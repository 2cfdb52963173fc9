import { binomialUpperTail } from '../../../core/statistics/binomial.ts';
import { countAbove, missesObjective } from '../../../core/statistics/objective.ts';
import { samplesNeededForQuantile, sampleQuantile } from '../../../core/statistics/quantile.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { PHASE_NAMES, type PhaseName } from '../../../platform/probe/types.ts';
import type { Baseline, EndpointBaseline } from '../collect/baselines.ts';
import { RULES } from '../rules.ts';
import {
  type Assessment,
  emptyAssessment,
  endpointFinding,
  endpointSubject,
  mergeAssessments,
  ms,
  percent,
} from './assessment.ts';
import { isDown } from './availability.ts';
import type { EndpointMeasure } from './measure.ts';

const QUANTILE = 0.95;
export const SAMPLES_FOR_CLAIM = samplesNeededForQuantile(QUANTILE, 0.95);

/** The tail that any real system has: collections, retransmissions, a cold cache. */
const TOLERATED_TAIL_SHARE = 0.02;
const TAIL_ALPHA = 0.005;
const TAIL_FACTOR = 3;
const TAIL_EXTRA_MS = 50;
const TAIL_PARTS = 5;
const TAIL_MIN_PARTS = 3;
/** Below this a tail of 10 % is missed too often to say that there is none. */
const SAMPLES_FOR_TAIL = 60;

/** Objective and tail of every endpoint that answers; at most one finding each, the more severe one. */
export function assessLatency(
  measures: readonly EndpointMeasure[],
  baseline?: Pick<Baseline, 'endpoints'>,
): Assessment {
  return mergeAssessments(
    measures.map((measure) =>
      isDown(measure)
        ? notAnswering(measure)
        : assessEndpoint(measure, baseline?.endpoints.get(measure.endpoint.name)),
    ),
  );
}

function notAnswering({ endpoint }: EndpointMeasure): Assessment {
  const assessment = emptyAssessment();
  assessment.notChecked.push({
    subject: endpointSubject(endpoint),
    rules: [RULES.latencyObjective.id, RULES.slowTail.id],
    reason: 'it hardly answers, so it has no latency to judge',
  });
  return assessment;
}

function assessEndpoint(measure: EndpointMeasure, before: EndpointBaseline | undefined): Assessment {
  const assessment = emptyAssessment();
  const subject = endpointSubject(measure.endpoint);
  const samples = measure.latencies.length;
  const slow = objectiveFinding(measure, before);
  if (slow || samples >= SAMPLES_FOR_CLAIM)
    assessment.checked.push({ subject, rule: RULES.latencyObjective });
  else {
    assessment.notChecked.push({
      subject,
      rules: [RULES.latencyObjective.id],
      reason: `${samples} samples are not enough to claim p95 below ${ms(measure.endpoint.objective.p95Ms)} ms; ${SAMPLES_FOR_CLAIM} are needed`,
      hint: 'Ask for more with --samples.',
    });
  }
  if (slow) return { ...assessment, findings: [slow] };
  const tail = findTail(measure.latencies);
  if (tail || samples >= SAMPLES_FOR_TAIL) assessment.checked.push({ subject, rule: RULES.slowTail });
  if (tail) assessment.findings.push(tailFinding(measure, tail));
  return assessment;
}

export function objectiveFinding(
  measure: EndpointMeasure,
  before: EndpointBaseline | undefined,
): FindingDraft | undefined {
  const { endpoint, latencies } = measure;
  const limit = endpoint.objective.p95Ms;
  if (!missesObjective(latencies, limit)) return undefined;
  const above = countAbove(latencies, limit);
  const share = percent(above / latencies.length);
  const p95 = sampleQuantile(latencies, QUANTILE) ?? limit;
  const median = sampleQuantile(latencies, 0.5) ?? limit;
  return endpointFinding(endpoint, RULES.latencyObjective, {
    title: `${endpoint.name} takes ${ms(p95)} ms at p95, its objective is ${ms(limit)} ms`,
    severity: median > limit || p95 > 2 * limit ? 'high' : 'medium',
    evidence: [
      { label: 'p95', value: ms(p95), unit: `ms (objective ${ms(limit)} ms)` },
      { label: 'above it', value: share, unit: `% (${above} of ${latencies.length} calls)` },
      { label: 'median', value: ms(median), unit: 'ms' },
      ...baselineEvidence(before),
      ...phaseEvidence(measure),
    ],
    impact: {
      summary: `${share} % of users wait longer than they should.`,
      basis: 'measured',
      value: share,
      unit: '%',
    },
    steps: stepsForPhase(dominantPhase(measure)?.name),
  });
}

export interface Tail {
  count: number;
  medianMs: number;
  tailMedianMs: number;
  pValue: number;
}

/** More slow calls than chance explains, spread over the round; slow calls in one stretch are a stall that passed. */
export function findTail(latencies: readonly number[]): Tail | undefined {
  const medianMs = sampleQuantile(latencies, 0.5);
  if (medianMs === null) return undefined;
  const slow = slowCalls(latencies);
  const pValue = binomialUpperTail(slow.length, latencies.length, TOLERATED_TAIL_SHARE);
  if (slow.length < 3 || pValue >= TAIL_ALPHA || !isSpread(latencies, slow)) return undefined;
  return { count: slow.length, medianMs, tailMedianMs: sampleQuantile(slow, 0.5) ?? medianMs, pValue };
}

/** Whether more samples could turn a suspicion into a verdict; what is decided needs none. */
export function needsAnotherLook(latencies: readonly number[], limitMs: number): boolean {
  if (missesObjective(latencies, limitMs) || findTail(latencies) !== undefined) return false;
  const above = countAbove(latencies, limitMs);
  return above > latencies.length * (1 - QUANTILE) || slowCalls(latencies).length >= 2;
}

/** Calls far outside what the same endpoint usually takes. */
function slowCalls(latencies: readonly number[]): number[] {
  const medianMs = sampleQuantile(latencies, 0.5) ?? Number.POSITIVE_INFINITY;
  return latencies.filter((value) => value > TAIL_FACTOR * medianMs && value > medianMs + TAIL_EXTRA_MS);
}

/** In at least three of five equal parts of the round: eight calls at random miss that once in 150 rounds. */
function isSpread(latencies: readonly number[], slow: readonly number[]): boolean {
  const fastest = Math.min(...slow);
  const parts = new Set(
    latencies.flatMap((value, index) =>
      value >= fastest ? Math.floor((TAIL_PARTS * index) / latencies.length) : [],
    ),
  );
  return parts.size >= TAIL_MIN_PARTS;
}

function tailFinding(measure: EndpointMeasure, tail: Tail): FindingDraft {
  const { endpoint, latencies } = measure;
  const share = percent(tail.count / latencies.length);
  return endpointFinding(endpoint, RULES.slowTail, {
    title: `${endpoint.name}: ${share} % of calls are ${ms(tail.tailMedianMs / tail.medianMs)} times slower than the rest`,
    evidence: [
      { label: 'slow calls', value: share, unit: `% (${tail.count} of ${latencies.length})` },
      { label: 'their median', value: ms(tail.tailMedianMs), unit: 'ms' },
      { label: 'median of all', value: ms(tail.medianMs), unit: 'ms' },
      { label: 'chance', value: tail.pValue.toExponential(1), unit: 'that a healthy endpoint shows this' },
    ],
    impact: {
      summary: `A page that makes ten such calls meets a slow one ${percent(1 - (1 - tail.count / latencies.length) ** 10)} % of the time.`,
      basis: 'modelled',
      value: share,
      unit: '%',
    },
    steps: [
      'Compare a slow call with a fast one of the same endpoint in the traces or logs.',
      'Suspect what only some calls do: a cache miss, a lock, one replica, one large tenant.',
    ],
  });
}

/** The phase with the largest median, and its share of the whole. */
export function dominantPhase(
  measure: EndpointMeasure,
): { name: PhaseName; medianMs: number; share: number } | undefined {
  const good = measure.results.filter(({ cold }) => cold.success);
  const totalMs = sampleQuantile(
    good.map(({ cold }) => cold.totalMs),
    0.5,
  );
  if (totalMs === null || totalMs === 0) return undefined;
  const phases = PHASE_NAMES.flatMap((name) => {
    const medianMs = sampleQuantile(
      good.flatMap(({ cold }) => cold.phases[name] ?? []),
      0.5,
    );
    return medianMs === null ? [] : [{ name, medianMs, share: medianMs / totalMs }];
  });
  return phases.toSorted((a, b) => b.medianMs - a.medianMs)[0];
}

function baselineEvidence(before: EndpointBaseline | undefined): Evidence[] {
  const medianMs = sampleQuantile(before?.latenciesMs ?? [], 0.5);
  return medianMs === null ? [] : [{ label: 'median in the baseline', value: ms(medianMs), unit: 'ms' }];
}

const PHASE_TEXT: Readonly<Record<PhaseName, string>> = {
  queue: 'waiting for a slot of ours',
  dns: 'looking up the name',
  connect: 'opening the connection',
  tls: 'the TLS handshake',
  request: 'sending the request',
  ttfb: 'the wait for the first byte',
  transfer: 'receiving the body',
};

function phaseEvidence(measure: EndpointMeasure): Evidence[] {
  const phase = dominantPhase(measure);
  return phase === undefined
    ? []
    : [
        {
          label: 'mostly',
          value: PHASE_TEXT[phase.name],
          unit: `(${ms(phase.medianMs)} ms, ${percent(phase.share)} %)`,
        },
      ];
}

function stepsForPhase(phase: PhaseName | undefined): string[] {
  switch (phase) {
    case 'dns':
      return ['Measure the resolver; cache or shorten the chain of records.'];
    case 'connect':
    case 'tls':
      return [
        'The network or the handshake takes the time: look at the distance, the listen backlog and TLS session resumption.',
      ];
    case 'transfer':
      return ['The body takes the time: paginate, select fewer fields, compress.'];
    default:
      return [
        'The server itself takes the time: list the queries this endpoint makes and explain the slowest.',
        'Look for one query per row, a missing index, or a call to another service in the path.',
      ];
  }
}
