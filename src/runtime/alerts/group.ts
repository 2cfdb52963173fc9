import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Alert, AlertGroup, AlertMessage, Condition, MessageKind } from '../../core/alert.ts';
import { isAtLeast, type Severity, severityRank } from '../../core/severity.ts';
import type { AlertInput } from './evaluate.ts';
import { retold } from './evaluate-episode.ts';
import { composeMessage } from './message.ts';
import { recipientsOf, toldBefore } from './routes.ts';

/** What is no emergency is told again once a day, where the reminder is four hours. */
const PATIENCE_WITH_TICKETS = 6;

/** A message and the names of the notifiers it goes to. */
export interface RoutedMessage {
  message: AlertMessage;
  notifiers: readonly string[];
}

export interface GroupStep {
  /** null: the group is over, or has not begun. The same object where nothing changed. */
  group: AlertGroup | null;
  routed?: RoutedMessage;
  /** Alerts that were put in today's words for the message. */
  refreshed: readonly Alert[];
}

interface Surroundings {
  key: string;
  /** Alerts of all groups. */
  everyone: readonly Alert[];
  conditions: ReadonlyMap<string, Condition>;
  input: AlertInput;
  policy: AlertSettings;
}

/** What is said about one group now; `alerts` are its own, also those that are resolved just now. */
export function stepGroup(
  open: AlertGroup | undefined,
  alerts: readonly Alert[],
  surroundings: Surroundings,
): GroupStep {
  const firing = alerts.filter(({ state }) => state === 'firing');
  if (firing.length === 0) return end(open, alerts, surroundings);
  const group = open ?? openGroup(surroundings.key, firing);
  const ready = readyAlerts(firing, surroundings);
  const kind = dueMessage(group, ready, surroundings);
  if (kind === null) return { group, refreshed: [] };

  const refreshed = ready.map((alert) => {
    const condition = surroundings.conditions.get(alert.fingerprint);
    return condition === undefined ? alert : retold(alert, condition);
  });
  return { ...tell(group, kind, refreshed, surroundings), refreshed };
}

function openGroup(key: string, firing: readonly Alert[]): AlertGroup {
  const firstFiredAtMs = Math.min(...firing.map(firedAt));
  return {
    key,
    episode: firstFiredAtMs,
    firstFiredAtMs,
    notifiedAtMs: null,
    notifiedSeverity: null,
    notifiedSubjects: [],
    notifiers: [],
    messages: 0,
  };
}

function end(open: AlertGroup | undefined, alerts: readonly Alert[], surroundings: Surroundings): GroupStep {
  if (open === undefined || open.notifiedAtMs === null) return { group: null, refreshed: [] };
  const resolved = alerts.filter(({ state, firedAtMs }) => state === 'resolved' && firedAtMs !== null);
  return { ...tell(open, 'resolved', resolved, surroundings), group: null, refreshed: [] };
}

/**
 * Alerts that may be told: nothing suppresses them, their condition is there, and its causes had the time to be found. An
 * alert need not wait for causes that an earlier one of the group has waited for.
 */
function readyAlerts(firing: readonly Alert[], { input, policy }: Surroundings): Alert[] {
  const tellable = firing.filter(
    ({ suppression, clearedAtMs }) => suppression === null && clearedAtMs === null,
  );
  const causes = new Map(tellable.map((alert) => [alert, input.graph.causesOf(alert.subject)]));
  const waited = tellable.filter((alert) => {
    const dependentMs = causes.get(alert)?.length === 0 ? 0 : policy.dependentWait;
    return input.nowMs - firedAt(alert) >= policy.groupWait + dependentMs;
  });
  if (waited.length === 0) return [];
  const excluded = new Set(waited.flatMap((alert) => causes.get(alert) ?? []));
  return tellable.filter((alert) => causes.get(alert)?.every((name) => excluded.has(name)));
}

function dueMessage(
  group: AlertGroup,
  ready: readonly Alert[],
  { input, policy }: Surroundings,
): MessageKind | null {
  if (ready.length === 0) return null;
  if (group.notifiedAtMs === null) return 'firing';
  const sinceMs = input.nowMs - group.notifiedAtMs;
  const named = new Set(group.notifiedSubjects);
  const joined = ready.some((alert) => !named.has(subjectKey(alert)));
  const worst = worstSeverity(ready.filter((alert) => !isFlapping(alert)));
  const risen = worst !== null && !isAtLeast(group.notifiedSeverity ?? 'info', worst);
  if (risen && worst === 'critical') return 'update';
  if ((risen || joined) && sinceMs >= policy.groupInterval) return 'update';
  const isUrgent = isAtLeast(group.notifiedSeverity ?? 'info', 'high');
  return sinceMs >= policy.reminder * (isUrgent ? 1 : PATIENCE_WITH_TICKETS) ? 'reminder' : null;
}

function tell(
  group: AlertGroup,
  kind: MessageKind,
  alerts: readonly Alert[],
  { everyone, input, policy }: Surroundings,
): { group: AlertGroup; routed: RoutedMessage } {
  const told = group.notifiedSeverity;
  const severity = (kind === 'resolved' ? told : worstSeverity(alerts)) ?? told ?? 'high';
  const subjects = alerts.map(({ subject }) => subject);
  const notifiers =
    kind === 'resolved'
      ? toldBefore(group.notifiers, policy)
      : recipientsOf({ severity, subjects }, group.notifiers, policy);
  const message = composeMessage({ group, kind, severity, alerts, everyone, ...input });
  return {
    group: {
      ...group,
      notifiedAtMs: input.nowMs,
      notifiedSeverity: told !== null && isAtLeast(told, severity) ? told : severity,
      notifiedSubjects: [...new Set([...group.notifiedSubjects, ...alerts.map(subjectKey)])],
      notifiers,
      messages: group.messages + 1,
    },
    routed: { message, notifiers },
  };
}

function isFlapping({ rule }: Alert): boolean {
  return rule.endsWith('/flapping');
}

function firedAt({ firedAtMs, startedAtMs }: Alert): number {
  return firedAtMs ?? startedAtMs;
}

/** As in `notifiedSubjects`. */
export function subjectKey({ subject }: Pick<Alert, 'subject'>): string {
  return `${subject.kind} ${subject.name}`;
}

function worstSeverity(alerts: readonly Alert[]): Severity | null {
  const [worst] = alerts
    .map(({ severity }) => severity)
    .toSorted((a, b) => severityRank(a) - severityRank(b));
  return worst ?? null;
}
