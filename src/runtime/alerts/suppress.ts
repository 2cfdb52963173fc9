import type { Alert, Suppression } from '../../core/alert.ts';
import { isAtLeast } from '../../core/severity.ts';
import { matchesAnySubject } from '../../core/subject-pattern.ts';
import type { AlertInput } from './evaluate.ts';

type Circumstances = Pick<AlertInput, 'nowMs' | 'graph' | 'silences' | 'maintenance'>;

/** What else is down, by name, with the moment it fired. */
type Failed = ReadonlyMap<string, number>;

/** Why nobody is told of each, as of now; an alert that keeps its reason, or has none, stays the same object. */
export function suppressAlerts(alerts: readonly Alert[], circumstances: Circumstances): Alert[] {
  const failed = failedNames(alerts);
  return alerts.map((alert) => {
    if (alert.state !== 'firing') return alert;
    const suppression = suppressionOf(alert, failed, circumstances);
    const { kind, by } = alert.suppression ?? {};
    return kind === suppression?.kind && by === suppression?.by ? alert : { ...alert, suppression };
  });
}

function suppressionOf(alert: Alert, failed: Failed, circumstances: Circumstances): Suppression | null {
  const { nowMs, graph, silences, maintenance } = circumstances;
  const covers = (window: { fromMs: number; toMs: number; subjects: readonly string[] }): boolean =>
    window.fromMs <= nowMs && nowMs < window.toMs && matchesAnySubject(window.subjects, alert.subject);

  const cause = failed.size === 0 ? undefined : causeOf(alert, failed, graph);
  if (cause !== undefined) return { kind: 'cause', by: cause };
  const planned = maintenance.find(covers);
  if (planned) return { kind: 'maintenance', by: planned.name };
  const silence = silences.find((window) => window.kind === 'silence' && covers(window));
  return silence ? { kind: 'silence', by: silence.id } : null;
}

/** An expiring certificate of a dependency explains no failure; a milder finding, like that of an optional one, neither. */
function failedNames(alerts: readonly Alert[]): Failed {
  const failed = new Map<string, number>();
  for (const { subject, state, severity, firedAtMs } of alerts) {
    if (state !== 'firing' || !isAtLeast(severity, 'high')) continue;
    if (subject.kind !== 'dependency' && subject.kind !== 'target') continue;
    const known = failed.get(subject.name) ?? Number.POSITIVE_INFINITY;
    failed.set(subject.name, Math.min(known, firedAtMs ?? known));
  }
  return failed;
}

/** The root among the failed causes: the nearest that has no failed cause itself. */
function causeOf({ subject }: Alert, failed: Failed, graph: AlertInput['graph']): string | undefined {
  const causes = failedCausesOf(subject, failed, graph);
  return causes.find((name) => failedCausesOf({ kind: 'dependency', name }, failed, graph).length === 0);
}

/**
 * Dependencies may need each other in a circle; then each would be the cause of the other and nobody would be told. There the
 * one that failed first counts as the cause.
 */
function failedCausesOf(subject: Alert['subject'], failed: Failed, graph: AlertInput['graph']): string[] {
  const isDependency = subject.kind === 'dependency' || subject.kind === 'target';
  return graph.causesOf(subject).filter((name) => {
    if (!failed.has(name)) return false;
    const circle = isDependency && graph.causesOf({ kind: 'dependency', name }).includes(subject.name);
    return !circle || isEarlier(name, subject.name, failed);
  });
}

function isEarlier(name: string, other: string, failed: Failed): boolean {
  const difference = (failed.get(name) ?? 0) - (failed.get(other) ?? Number.POSITIVE_INFINITY);
  return difference === 0 ? name < other : difference < 0;
}
