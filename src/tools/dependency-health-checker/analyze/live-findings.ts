import { type Assessment, emptyAssessment, mergeAssessments } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import { FLAP_WINDOW } from '../../../core/health-state.ts';
import { percent } from '../../../core/rounding.ts';
import { findRhythm } from '../../../core/statistics/rhythm.ts';
import type { DependencyPast } from '../collect/samples.ts';
import { RULES } from '../rules.ts';
import { assessAvailability } from './availability.ts';
import { dependencyFinding, dependencySubject, impactOn } from './finding.ts';
import { assessLatency } from './latency.ts';
import type { LiveDependency } from './live.ts';
import { answersInPart, type DependencyMeasure, measureDependency } from './measure.ts';
import { stepsForCause } from './steps.ts';

/** The state already asks for many changes; in its 21 outcomes a rhythm cannot be surer than this. */
const RHYTHM_ALPHA = 0.05;
/** Newest successes compared with the own past: a slowdown shows after half of them. */
const LATENCY_WINDOW = 20;

export interface LiveContext {
  graph: DependencyGraph;
  /** What explains a failure. */
  causes: DependencyGraph;
  past: ReadonlyMap<string, DependencyPast>;
  /** Those whose causes are being asked: no verdict before the answer. */
  undecided: ReadonlySet<string>;
  /** Those whose certificate is refused, and said to be. */
  refused: ReadonlySet<string>;
}

/** What a monitor may conclude now: states, rates and latency over its newest probes. */
export function assessLive(live: readonly LiveDependency[], context: LiveContext): Assessment {
  const down = downNames(live);
  const known = live.filter(
    ({ monitored, state }) => state.state !== 'unknown' && !context.undecided.has(monitored.name),
  );
  const steady = known.filter(({ state }) => state.state !== 'flapping');
  const lastGoodMs = new Map(
    live.flatMap(({ monitored, lastGoodMs }) =>
      lastGoodMs === null ? [] : [[monitored.name, lastGoodMs] as const],
    ),
  );
  return mergeAssessments([
    assessAvailability(
      steady.map((one) => measureOfState(one, down)),
      { ...context, down, lastGoodMs },
    ),
    assessFlapping(known, context.graph),
    assessLatency(steady.map(measureOfLatency), { ...context, down }),
  ]);
}

export function downNames(live: readonly LiveDependency[]): ReadonlySet<string> {
  return new Set(live.filter(({ state }) => state.state === 'down').map(({ monitored }) => monitored.name));
}

/**
 * Of what is down the probes since then. Of what works the successes: an outage that is over is no rate of errors, a
 * second try that was needed is.
 */
function measureOfState(
  { monitored, recent, state }: LiveDependency,
  down: ReadonlySet<string>,
): DependencyMeasure {
  const isSince = ({ startedAtMs }: { startedAtMs: number }): boolean => startedAtMs >= state.sinceMs;
  return measureDependency(
    monitored,
    down.has(monitored.name)
      ? recent.filter(isSince)
      : recent.filter((result) => result.cold.success || answersInPart(monitored.plan.kind, result)),
  );
}

/** An objective is claimed over all that is kept, a change against the past over the newest. */
function measureOfLatency({ monitored, recent }: LiveDependency): DependencyMeasure {
  const good = recent.filter(({ cold }) => cold.success);
  return measureDependency(monitored, monitored.latencyMs === null ? good.slice(-LATENCY_WINDOW) : good);
}

function assessFlapping(live: readonly LiveDependency[], graph: DependencyGraph): Assessment {
  const assessment = emptyAssessment();
  for (const one of live) {
    const { monitored, state, failed, ok, lastCause } = one;
    if (state.outcomes.length < FLAP_WINDOW) continue;
    const subject = dependencySubject(monitored);
    assessment.checked.push({ subject, rule: RULES.flapping });
    if (state.state !== 'flapping') continue;
    const rhythm = findRhythm(state.outcomes, RHYTHM_ALPHA);
    if (!rhythm) assessment.checked.push({ subject, rule: RULES.errorRate });
    const cause = lastCause ?? 'unknown';
    assessment.findings.push(
      dependencyFinding(monitored, rhythm ? RULES.flapping : RULES.errorRate, {
        title: rhythm
          ? `${monitored.name} goes up and down`
          : `${monitored.name} fails ${percent(failed / Math.max(1, ok + failed))} % of probes`,
        evidence: [
          { label: 'unsteady', value: `since ${new Date(state.sinceMs).toISOString()}` },
          {
            label: 'failed',
            value: state.outcomes.filter((worked) => !worked).length,
            unit: `of the last ${state.outcomes.length} probes`,
          },
          ...(rhythm ? [{ label: 'changes between stretches', value: rhythm.changes }] : []),
          { label: 'newest cause', value: cause },
        ],
        impact: impactOn(graph, monitored.name, 'fails'),
        steps: stepsForCause(cause, monitored),
        confidence: 'likely',
        check: watchAgain(one),
      }),
    );
  }
  return assessment;
}

/** A rhythm of minutes shows in a monitor of the same interval, not in a round of seconds. */
function watchAgain({ monitored: { name, intervalMs } }: LiveDependency) {
  return {
    command: 'monitor',
    input: {
      dependencies: [name],
      interval: `${intervalMs}ms`,
      for: `${(FLAP_WINDOW + 1) * intervalMs}ms`,
    },
  };
}
