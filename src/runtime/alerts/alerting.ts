import type { AlertSettings, MaintenanceSettings } from '../../config/alert-schema.ts';
import type { Alert, AlertGroup, Condition } from '../../core/alert.ts';
import type { Coverage } from '../../core/coverage.ts';
import type { DependencyGraph } from '../../core/dependency-graph.ts';
import type { Finding } from '../../core/finding.ts';
import { type MaintenanceWindow, occurrences } from '../../core/maintenance.ts';
import type { Redactor } from '../../core/redact.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../store/store.ts';
import { createConclusions } from './conclusions.ts';
import { type AlertDecision, evaluateAlerts } from './evaluate.ts';
import { HEARTBEAT_RULE, missingHeartbeats } from './heartbeats.ts';
import { rememberCauses } from './remember-causes.ts';
import { evaluateThresholds, THRESHOLD_RULE, type ThresholdVerdicts } from './thresholds.ts';

export interface AlertingOptions {
  store: Pick<Store, 'alerts' | 'windows' | 'heartbeats' | 'samples'>;
  settings: AlertSettings;
  /** Of the config. */
  planned: readonly MaintenanceSettings[];
  graph: DependencyGraph;
  clock: Pick<Clock, 'wallMs' | 'monotonicMs'>;
  redactor?: Pick<Redactor, 'deep'>;
}

/** The alerts of one store; one of these at a time, which is what the lease is for. */
export interface Alerting {
  /** Takes the newest conclusion of a monitor in the place of its last. */
  report(source: string, conclusion: { findings: readonly Finding[]; coverage: Coverage }): void;
  /** The monitors there are; what others have said is forgotten, and their alerts end. */
  retain(sources: Iterable<string>): void;
  /** Evaluates and stores in one transaction; meant to be called every second. Throws E_STORE_*, and then nothing has happened. */
  tick(): { queued: number; firing: Alert[] };
  /** Those that are not resolved. */
  alerts(): Alert[];
}

/** Reading samples is the only costly part of a tick. */
const THRESHOLDS_EVERY_MS = 15_000;
const PLAN_AHEAD_MS = 3_600_000;
/** Times `resolveAfter`: how long a monitor may take until it knows all of its subjects. */
const UNWATCHED_AFTER = 2;

/** Goes on where the store says that the last one stopped. */
export function createAlerting(options: AlertingOptions): Alerting {
  const { store, settings, planned, clock, redactor } = options;
  const graph = rememberCauses(options.graph);
  const alerts = new Map(store.alerts.list().map((alert) => [alert.fingerprint, alert]));
  const groups = new Map(store.alerts.groups().map((group) => [group.key, group]));
  const conclusions = createConclusions();
  let thresholds: ThresholdVerdicts & { atMs: number } = {
    conditions: [],
    undecided: new Set(settings.thresholds.map(({ name }) => name)),
    atMs: Number.NEGATIVE_INFINITY,
  };
  let plan = { fromMs: 0, toMs: 0, windows: [] as MaintenanceWindow[] };

  function conditionsNow(nowMs: number): Condition[] {
    const monotonicMs = clock.monotonicMs();
    if (settings.thresholds.length > 0 && monotonicMs - thresholds.atMs >= THRESHOLDS_EVERY_MS) {
      thresholds = {
        ...evaluateThresholds(settings.thresholds, store.samples, nowMs),
        atMs: monotonicMs,
      };
    }
    return [
      ...conclusions.conditions(),
      ...missingHeartbeats(settings.heartbeats, store.heartbeats, nowMs),
      ...thresholds.conditions,
    ];
  }

  function isClear(alert: Alert): boolean {
    if (alert.rule === HEARTBEAT_RULE) return true;
    if (alert.rule === THRESHOLD_RULE) return !thresholds.undecided.has(alert.subject.name);
    return (
      conclusions.isDecided(alert) ||
      conclusions.isUnwatched(alert, clock.monotonicMs(), UNWATCHED_AFTER * settings.resolveAfter)
    );
  }

  function plannedNow(nowMs: number): readonly MaintenanceWindow[] {
    if (nowMs < plan.fromMs || nowMs >= plan.toMs) {
      const range = { fromMs: nowMs, toMs: nowMs + PLAN_AHEAD_MS };
      plan = { ...range, windows: planned.flatMap((each) => occurrences(each, range)) };
    }
    return plan.windows;
  }

  function decide(nowMs: number): AlertDecision {
    const conditions = conditionsNow(nowMs);
    const windows = store.windows.list({ fromMs: nowMs, toMs: nowMs + 1 });
    const added = windows
      .filter(({ kind }) => kind === 'maintenance')
      .map(({ reason, fromMs, toMs, subjects }) => ({ name: reason, fromMs, toMs, subjects }));
    return evaluateAlerts(
      { alerts: [...alerts.values()], groups: [...groups.values()] },
      {
        nowMs,
        conditions,
        isClear,
        graph,
        silences: windows.filter(({ kind }) => kind === 'silence'),
        maintenance: [...plannedNow(nowMs), ...added],
      },
      settings,
    );
  }

  return {
    report: (source, conclusion) => conclusions.report(source, conclusion, clock.monotonicMs()),
    retain: (sources) => conclusions.retain(sources),
    tick() {
      const nowMs = clock.wallMs();
      const decision = decide(nowMs);
      const messages = decision.messages.flatMap(({ message, notifiers }) => {
        const shown = redactor?.deep(message) ?? message;
        return notifiers.map((notifier) => ({ notifier, message: shown }));
      });
      if (!isEmpty(decision)) {
        store.alerts.commit({ ...decision, messages, nowMs });
        remember(decision, alerts, groups);
      }
      const firing = [...alerts.values()].filter(({ state }) => state === 'firing');
      return { queued: messages.length, firing };
    },
    alerts: () => [...alerts.values()],
  };
}

function isEmpty({ alerts, groups, endedGroups, messages }: AlertDecision): boolean {
  return alerts.length + groups.length + endedGroups.length + messages.length === 0;
}

function remember(
  decision: AlertDecision,
  alerts: Map<string, Alert>,
  groups: Map<string, AlertGroup>,
): void {
  for (const alert of decision.alerts) {
    if (alert.state === 'resolved') alerts.delete(alert.fingerprint);
    else alerts.set(alert.fingerprint, alert);
  }
  for (const key of decision.endedGroups) groups.delete(key);
  for (const group of decision.groups) groups.set(group.key, group);
}
