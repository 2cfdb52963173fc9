import type { DependencyGraph, Impact } from '../../../core/dependency-graph.ts';
import type { Evidence, FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import type { MonitoredDependency } from '../collect/select.ts';

const MAX_NAMED = 3;

export function dependencySubject({
  name,
  location,
}: Pick<MonitoredDependency, 'name' | 'location'>): Subject {
  return { kind: 'dependency', name, location };
}

/** Everything a finding about a dependency needs; `check` re-runs the round for it alone. */
export function dependencyFinding(
  monitored: MonitoredDependency,
  rule: Rule,
  parts: {
    title: string;
    evidence: Evidence[];
    steps: string[];
    severity?: Severity;
    confidence?: FindingDraft['confidence'];
    impact?: FindingDraft['impact'];
    check?: FindingDraft['check'];
  },
): FindingDraft {
  const severity = parts.severity ?? rule.severity;
  return {
    rule: rule.id,
    severity: monitored.dependency.optional ? milder(severity) : severity,
    confidence: parts.confidence ?? 'proven',
    title: parts.title,
    subject: dependencySubject(monitored),
    evidence: parts.evidence,
    ...(parts.impact === undefined ? {} : { impact: parts.impact }),
    fix: { summary: rule.fix, steps: parts.steps },
    check: parts.check ?? checkOf(monitored),
  };
}

export function checkOf({ name }: Pick<MonitoredDependency, 'name'>): FindingDraft['check'] {
  return { command: 'status', input: { dependencies: [name] } };
}

const MILDER: Readonly<Record<Severity, Severity>> = {
  critical: 'high',
  high: 'medium',
  medium: 'low',
  low: 'info',
  info: 'info',
};

/** What others can do without is one step less urgent. */
export function milder(severity: Severity): Severity {
  return MILDER[severity];
}

/** What becomes of who needs it: for one name, and for several. */
type Effect = readonly [one: string, several: string];

/** Without it. */
export const CANNOT_WORK: Effect = ['cannot work', 'cannot work'];
/** It answers, late. */
export const WAITS: Effect = ['waits for it', 'wait for it'];
/** It works, and not for everybody. */
export const IS_AFFECTED: Effect = ['is affected', 'are affected'];

/** Who feels it, as the config says. `state` continues "While it". */
export function impactOn(
  graph: DependencyGraph,
  name: string,
  state: string,
  effect: Effect = CANNOT_WORK,
): NonNullable<FindingDraft['impact']> {
  const summary = describeImpact(graph.impactOf(name), effect);
  return {
    summary:
      summary === null ? 'Nobody is named in the config as needing it.' : `While it ${state}: ${summary}.`,
    basis: 'modelled',
  };
}

/** `POST /api/orders and 2 more cannot work; GET /api/search only worse`; null when nobody needs it. */
export function describeImpact({ dependencies, users }: Impact, effect: Effect = CANNOT_WORK): string | null {
  const everyone = [
    ...users.map(({ pattern, optional }) => ({ name: pattern, optional })),
    ...dependencies.filter(({ name }) => !users.some(({ pattern }) => pattern === name)),
  ];
  const hard = [...new Set(everyone.filter(({ optional }) => !optional).map(({ name }) => name))];
  const soft = [...new Set(everyone.filter(({ optional }) => optional).map(({ name }) => name))].filter(
    (name) => !hard.includes(name),
  );
  const parts = [
    ...(hard.length > 0 ? [`${listed(hard)} ${effect[hard.length > 1 ? 1 : 0]}`] : []),
    ...(soft.length > 0 ? [`${listed(soft)} only worse`] : []),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}

export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).join(', ');
  return names.length > MAX_NAMED ? `${shown} and ${names.length - MAX_NAMED} more` : shown;
}
