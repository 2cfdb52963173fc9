import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { countAbove, missesObjective } from '../../../core/statistics/objective.ts';
import { samplesNeededForQuantile, sampleQuantile } from '../../../core/statistics/quantile.ts';
import { median } from '../../../core/statistics/summary.ts';
import { PHASE_NAMES, type ProbeResult } from '../../../platform/probe/types.ts';
import type { DependencyPast } from '../collect/samples.ts';
import { RULES } from '../rules.ts';
import { dependencyFinding, dependencySubject, impactOn, listed, WAITS } from './finding.ts';
import type { DependencyMeasure } from './measure.ts';
import { findSlowdown, hasPast, MIN_BEFORE, MIN_NOW, needsAnotherLook, type Slowdown } from './own-past.ts';

const SAMPLES_FOR_CLAIM = samplesNeededForQuantile(0.95, 0.95);
/** From here on the own past is no matter of taste. */
const FAR_SLOWER = 3;

export interface LatencyContext {
  graph: DependencyGraph;
  down: ReadonlySet<string>;
  past: ReadonlyMap<string, DependencyPast>;
}

/** Against the objective where there is one, and against its own past. */
export function assessLatency(measures: readonly DependencyMeasure[], context: LatencyContext): Assessment {
  const judged = measures.filter(({ monitored }) => monitored.plan.kind !== 'domain');
  return mergeAssessments([
    ...judged.map((measure) => assess(measure, context)),
    withoutPast(judged, context),
  ]);
}

/** Said once for all: on the first day it is true of every dependency. */
function withoutPast(measures: readonly DependencyMeasure[], { down, past }: LatencyContext): Assessment {
  const assessment = emptyAssessment();
  const names = measures
    .filter(({ monitored, latencies }) => {
      const before = past.get(monitored.name)?.latencies ?? [];
      return (
        monitored.latencyMs === null &&
        latencies.length > 0 &&
        !down.has(monitored.name) &&
        !hasPast(before, latencies)
      );
    })
    .map(({ monitored }) => monitored.name);
  if (names.length > 0) {
    assessment.notChecked.push({
      rules: [RULES.slow.id],
      reason: `too little is known to tell whether ${listed(names)} became slower; ${MIN_BEFORE} samples of before and ${MIN_NOW} of now are needed`,
      hint: 'Let `rearguard deps monitor` run, or state an objective: dependencies.<name>.latency.',
    });
  }
  return assessment;
}

function assess(measure: DependencyMeasure, context: LatencyContext): Assessment {
  const assessment = emptyAssessment();
  const { monitored } = measure;
  const subject = dependencySubject(monitored);
  const rules = [RULES.slow.id];
  if (context.down.has(monitored.name)) {
    assessment.notChecked.push({ subject, rules, reason: 'it is down, so it has no latency to judge' });
    return assessment;
  }
  const past = context.past.get(monitored.name);
  const finding = slowFinding(measure, past, context.graph);
  const doubt = doubtOf(measure, past?.latencies ?? []);
  if (finding) assessment.findings.push(finding);
  if (finding || doubt === null) assessment.checked.push({ subject, rule: RULES.slow });
  else if (doubt !== '') {
    assessment.notChecked.push({ subject, rules, reason: doubt, hint: 'Ask for more with --samples.' });
  }
  return assessment;
}

/** Why "not slow" cannot be said; empty where withoutPast() says it for all, null where it can. */
function doubtOf({ monitored, latencies }: DependencyMeasure, past: readonly number[]): string | null {
  const { latencyMs } = monitored;
  if (latencyMs === null) {
    if (needsAnotherLook(past, latencies)) {
      return `it may be slower, ${ms(median(latencies) ?? 0)} ms after ${ms(median(past) ?? 0)} ms; ${latencies.length} samples are not enough to be certain`;
    }
    return hasPast(past, latencies) ? null : '';
  }
  if (latencies.length >= SAMPLES_FOR_CLAIM) return null;
  return latencies.length === 0
    ? ''
    : `${latencies.length} samples are not enough to claim p95 below ${ms(latencyMs)} ms; ${SAMPLES_FOR_CLAIM} are needed`;
}

function slowFinding(
  measure: DependencyMeasure,
  past: DependencyPast | undefined,
  graph: DependencyGraph,
): FindingDraft | undefined {
  const { monitored, latencies } = measure;
  const { latencyMs } = monitored;
  const impact = impactOn(graph, monitored.name, 'is slow', WAITS);
  if (latencyMs !== null && missesObjective(latencies, latencyMs)) {
    const above = countAbove(latencies, latencyMs);
    const p95 = sampleQuantile(latencies, 0.95) ?? latencyMs;
    return dependencyFinding(monitored, RULES.slow, {
      title: `${monitored.name} takes ${ms(p95)} ms at p95, its objective is ${ms(latencyMs)} ms`,
      evidence: [
        { label: 'p95', value: ms(p95), unit: `ms (objective ${ms(latencyMs)} ms)` },
        {
          label: 'above it',
          value: percent(above / latencies.length),
          unit: `% (${above} of ${latencies.length} answers)`,
        },
        { label: 'median', value: ms(sampleQuantile(latencies, 0.5) ?? 0), unit: 'ms' },
        ...slowestPhase(measure.results),
      ],
      impact,
      steps: STEPS,
      // Only so many samples can claim that a p95 is below the limit again.
      check: {
        command: 'status',
        input: { dependencies: [monitored.name], samples: Math.max(SAMPLES_FOR_CLAIM, latencies.length) },
      },
    });
  }
  const slowdown = past === undefined ? null : findSlowdown(past.latencies, latencies);
  return past === undefined || slowdown === null
    ? undefined
    : dependencyFinding(monitored, RULES.slow, {
        title: `${monitored.name} takes ${ms(slowdown.nowMedianMs)} ms, ${times(slowdown)} times what it took over the last days`,
        severity: slowdown.nowMedianMs > FAR_SLOWER * slowdown.beforeMedianMs ? 'high' : 'medium',
        evidence: [
          { label: 'median now', value: ms(slowdown.nowMedianMs), unit: `ms (${latencies.length} answers)` },
          {
            label: 'median before',
            value: ms(slowdown.beforeMedianMs),
            unit: `ms (${past.latencies.length} answers of the 7 days before)`,
          },
          { label: 'p-value', value: slowdown.pValue.toExponential(1), unit: '(one-sided rank test)' },
          ...slowestPhase(measure.results),
        ],
        impact,
        steps: STEPS,
        check: {
          command: 'status',
          input: { dependencies: [monitored.name], before: new Date(past.untilMs).toISOString() },
        },
      });
}

const STEPS = [
  'Look at what changed on the other side since: a release, its load, its place in the network.',
  'Give the callers a deadline and a fallback while it lasts.',
];

function times({ nowMedianMs, beforeMedianMs }: Slowdown): number {
  return Number((nowMedianMs / Math.max(beforeMedianMs, 0.001)).toPrecision(2));
}

/** The phase with the largest median. */
function slowestPhase(results: readonly ProbeResult[]): Evidence[] {
  const good = results.filter(({ cold }) => cold.success);
  const [slowest] = PHASE_NAMES.flatMap((name) => {
    const medianMs = sampleQuantile(
      good.flatMap(({ cold }) => cold.phases[name] ?? []),
      0.5,
    );
    return medianMs === null ? [] : [{ name, medianMs }];
  }).toSorted((a, b) => b.medianMs - a.medianMs);
  return slowest === undefined
    ? []
    : [{ label: 'mostly', value: slowest.name, unit: `(${ms(slowest.medianMs)} ms)` }];
}
