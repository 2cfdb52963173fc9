import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { Evidence } from '../../../core/finding.ts';
import type { ProbeFacts } from '../../../platform/probe/types.ts';
import { RULES } from '../rules.ts';
import { dependencyFinding, dependencySubject, impactOn } from './finding.ts';
import type { DependencyMeasure } from './measure.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

export interface Deprecation {
  /** Since, or from, when it is deprecated; null when no date was given. */
  deprecatedAtMs: number | null;
  /** When it is gone; null when nobody says. */
  sunsetAtMs: number | null;
}

/** What the answers of HTTP dependencies say about their own end. `nowMs` is the wall clock. */
export function assessDeprecations(
  measures: readonly DependencyMeasure[],
  graph: DependencyGraph,
  nowMs: number,
): Assessment {
  const assessment = emptyAssessment();
  for (const { monitored, facts, latencies } of measures) {
    const said = readDeprecation(facts);
    if (monitored.plan.kind !== 'http' || (said === null && latencies.length === 0)) continue;
    assessment.checked.push({ subject: dependencySubject(monitored), rule: RULES.deprecated });
    if (said === null) continue;
    const { sunsetAtMs } = said;
    assessment.findings.push(
      dependencyFinding(monitored, RULES.deprecated, {
        title:
          sunsetAtMs === null
            ? `${monitored.name} says that it is deprecated`
            : sunsetAtMs <= nowMs
              ? `${monitored.name} is past its sunset`
              : `${monitored.name} goes away in ${Math.floor((sunsetAtMs - nowMs) / DAY_MS)} days`,
        severity: sunsetAtMs !== null && sunsetAtMs - nowMs < SOON_MS ? 'high' : 'medium',
        evidence: evidenceOf(said, facts),
        impact: impactOn(graph, monitored.name, 'is gone'),
        steps: [
          'Look for the successor: the Link header or the changelog of the API names it.',
          'Move the callers before the sunset; note the date where the team plans.',
        ],
      }),
    );
  }
  return assessment;
}

function evidenceOf({ deprecatedAtMs, sunsetAtMs }: Deprecation, facts: ProbeFacts): Evidence[] {
  const link = facts['link'];
  return [
    {
      label: 'deprecated',
      value: deprecatedAtMs === null ? 'yes' : new Date(deprecatedAtMs).toISOString(),
    },
    { label: 'sunset', value: sunsetAtMs === null ? 'not said' : new Date(sunsetAtMs).toISOString() },
    ...(typeof link === 'string' ? [{ label: 'link', value: '', sample: link }] : []),
  ];
}

/**
 * Deprecation as RFC 9745 has it (`@1688169599`), or as its drafts had (`true`, an HTTP date); Sunset as RFC 8594 has
 * it. null when neither header says so, or both say nothing that can be read.
 */
export function readDeprecation(facts: ProbeFacts): Deprecation | null {
  const { deprecation, sunset } = facts;
  const deprecatedAtMs = typeof deprecation === 'string' ? deprecationDate(deprecation.trim()) : undefined;
  const sunsetAtMs = typeof sunset === 'string' ? httpDate(sunset) : null;
  if (deprecatedAtMs === undefined && sunsetAtMs === null) return null;
  return { deprecatedAtMs: deprecatedAtMs ?? null, sunsetAtMs };
}

/** undefined: not deprecated. */
function deprecationDate(value: string): number | null | undefined {
  const seconds = /^@(-?\d{1,12})/.exec(value)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  if (/^(?:true|\?1)$/i.test(value)) return null;
  return httpDate(value) ?? undefined;
}

function httpDate(text: string): number | null {
  // A date has a month's name; Date.parse would take any number for a year.
  const atMs = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}
