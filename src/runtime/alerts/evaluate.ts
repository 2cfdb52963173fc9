import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Alert, AlertGroup, AlertMessage, Condition } from '../../core/alert.ts';
import type { DependencyGraph } from '../../core/dependency-graph.ts';
import { groupBy } from '../../core/group-by.ts';
import type { MaintenanceWindow } from '../../core/maintenance.ts';
import { isAtLeast } from '../../core/severity.ts';
import type { StoredWindow } from '../../store/alert-store.ts';
import { advance, begin } from './evaluate-episode.ts';
import { type RoutedMessage, stepGroup } from './group.ts';
import { groupKeyOf } from './group-key.ts';
import { suppressAlerts } from './suppress.ts';

/** What is going on: alerts that are not resolved, groups that are open. */
export interface AlertBook {
  alerts: readonly Alert[];
  groups: readonly AlertGroup[];
}

export interface AlertInput {
  nowMs: number;
  /** All that hold now. */
  conditions: readonly Condition[];
  /** Whether someone looked and came to a verdict (so that an absent condition is gone), or nobody watches it any longer. */
  isClear(alert: Alert): boolean;
  graph: DependencyGraph;
  silences: readonly StoredWindow[];
  maintenance: readonly MaintenanceWindow[];
}

/** What changes now; empty where nothing does. */
export interface AlertDecision {
  alerts: Alert[];
  groups: AlertGroup[];
  endedGroups: string[];
  messages: RoutedMessage[];
}

/**
 * One step of time. Pure, and everything it waits for is counted from times in the book, so that a book read back from the
 * store goes on exactly where it was.
 */
export function evaluateAlerts(book: AlertBook, input: AlertInput, policy: AlertSettings): AlertDecision {
  const conditions = alertable(input.conditions, policy);
  const before = new Map(book.alerts.map((alert) => [alert.fingerprint, alert]));
  const present = new Set(input.conditions.map(({ fingerprint }) => fingerprint));
  // What is there and no longer alertable has become mild.
  const isClear = (alert: Alert): boolean => present.has(alert.fingerprint) || input.isClear(alert);
  const advanced = book.alerts.map((alert) =>
    advance(alert, conditions.get(alert.fingerprint), { nowMs: input.nowMs, isClear }, policy),
  );
  const begun = [...conditions.values()]
    .filter(({ fingerprint }) => !before.has(fingerprint))
    .map((condition) => begin(condition, groupKeyOf(condition.subject, input.graph), input.nowMs));
  const alerts = suppressAlerts([...advanced, ...begun], input);

  const decision: AlertDecision = { alerts: [], groups: [], endedGroups: [], messages: [] };
  const changed = new Map(
    alerts
      .filter((alert) => before.get(alert.fingerprint) !== alert)
      .map((alert) => [alert.fingerprint, alert]),
  );
  const openGroups = new Map(book.groups.map((group) => [group.key, group]));
  const byGroup = groupBy(alerts, ({ group }) => group);
  for (const key of new Set([...openGroups.keys(), ...byGroup.keys()])) {
    const open = openGroups.get(key);
    const step = stepGroup(open, byGroup.get(key) ?? [], {
      key,
      everyone: alerts,
      conditions,
      input,
      policy,
    });
    if (step.group === null) {
      if (open) decision.endedGroups.push(key);
    } else if (step.group !== open) decision.groups.push(step.group);
    if (step.routed) decision.messages.push(step.routed);
    for (const alert of step.refreshed) changed.set(alert.fingerprint, alert);
  }
  decision.alerts.push(...changed.values());
  decision.messages.sort(({ message: a }, { message: b }) => compareMessages(a, b));
  return decision;
}

/** What is over first, then in the order in which it began. */
function compareMessages(a: AlertMessage, b: AlertMessage): number {
  const over = Number(b.kind === 'resolved') - Number(a.kind === 'resolved');
  return over || a.startedAtMs - b.startedAtMs || a.group.localeCompare(b.group);
}

/** By fingerprint; of two that see the same, the first. */
function alertable(
  conditions: readonly Condition[],
  { minSeverity }: AlertSettings,
): ReadonlyMap<string, Condition> {
  const byFingerprint = new Map<string, Condition>();
  for (const condition of conditions) {
    if (condition.severity === 'info' || !isAtLeast(condition.severity, minSeverity)) continue;
    if (!byFingerprint.has(condition.fingerprint)) byFingerprint.set(condition.fingerprint, condition);
  }
  return byFingerprint;
}
