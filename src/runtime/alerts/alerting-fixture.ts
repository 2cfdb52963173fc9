import { alertsSchema } from '../../config/alert-schema.ts';
import type { Alert, AlertMessage } from '../../core/alert.ts';
import type { Coverage } from '../../core/coverage.ts';
import { dependencyGraph, type GraphDependency } from '../../core/dependency-graph.ts';
import { type Finding, findingFingerprint, findingId, type Subject } from '../../core/finding.ts';
import type { Store } from '../../store/store.ts';
import { type Alerting, type AlertingOptions, createAlerting } from './alerting.ts';

export const T0 = Date.UTC(2026, 10, 22, 12);
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export interface SceneOptions {
  store: Store;
  /** As in the config, without its defaults; one notifier `ops` unless it says otherwise. */
  settings?: Record<string, unknown>;
  dependencies?: readonly (Partial<GraphDependency> & { name: string })[];
  planned?: AlertingOptions['planned'];
  /** Between two ticks; a second when left out, as in the daemon. */
  stepMs?: number;
}

/** Time by hand, one monitor, and a store that outlives the alerting over it. */
export interface Scene {
  readonly store: Store;
  /** Milliseconds since the beginning. */
  readonly atMs: number;
  alerting: Alerting;
  /** Goes on step by step to a time; before each tick the monitor reports what holds then. */
  runTo(atMs: number, holds: (atMs: number) => readonly Finding[]): void;
  /** As after a crash: nothing but the store is left. */
  restart(): void;
  messages(): AlertMessage[];
  alert(name: string): Alert | undefined;
}

export function openScene({
  store,
  settings = {},
  dependencies = [],
  planned = [],
  stepMs = SECOND_MS,
}: SceneOptions): Scene {
  let nowMs = T0;
  const options: AlertingOptions = {
    store,
    settings: alertsSchema.parse({ notifiers: { ops: { kind: 'console' } }, ...settings }),
    planned,
    graph: dependencyGraph(
      dependencies.map((each) => ({ neededBy: [], behind: [], optional: false, ...each })),
    ),
    clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
  };
  const known = new Map<string, Finding>();
  const scene: Scene = {
    store,
    get atMs() {
      return nowMs - T0;
    },
    alerting: createAlerting(options),
    runTo(untilMs, holds) {
      while (nowMs - T0 < untilMs) {
        nowMs += stepMs;
        const findings = holds(nowMs - T0);
        for (const finding of findings) known.set(finding.fingerprint, finding);
        scene.alerting.report('watcher', { findings, coverage: coverageOf([...known.values()]) });
        scene.alerting.tick();
      }
    },
    restart() {
      scene.alerting = createAlerting(options);
    },
    messages: () =>
      store.deliveries
        .list()
        .map(({ message }) => message)
        .toReversed(),
    alert: (name) => scene.alerting.alerts().find(({ subject }) => subject.name === name),
  };
  return scene;
}

export function coverageOf(findings: readonly Pick<Finding, 'subject' | 'rule'>[]): Coverage {
  return { checked: findings.map(({ subject, rule }) => ({ subject, rules: [rule] })), notChecked: [] };
}

export function finding(
  kind: Subject['kind'],
  name: string,
  over: Partial<Pick<Finding, 'severity' | 'title' | 'rule' | 'state' | 'evidence'>> = {},
): Finding {
  const rule = over.rule ?? 'watcher/down';
  const fingerprint = findingFingerprint(rule, { kind, name });
  const check = { tool: 'watcher', command: 'status', input: {} };
  return {
    id: findingId('watch', fingerprint),
    fingerprint,
    severity: 'high',
    confidence: 'proven',
    title: `${name} is down`,
    evidence: [{ label: 'failed probes', value: 3 }],
    fix: { summary: 'Start it.', steps: [`Start ${name}.`] },
    verify: { argv: ['rearguard', 'verify', findingId('watch', fingerprint)], check },
    state: 'ongoing',
    firstSeen: new Date(T0).toISOString(),
    lastSeen: new Date(T0).toISOString(),
    ...over,
    rule,
    subject: { kind, name },
  };
}

export const PAYMENT = finding('dependency', 'payment', {
  title: 'payment is down: accepts connections and never answers',
});
export const ENDPOINT = finding('endpoint', 'shop GET /api/orders');

/** Where nothing depends on the second. */
export const COARSE = { stepMs: 5 * SECOND_MS };

/** The same findings from a time until a time. */
export const between =
  (fromMs: number, untilMs: number, findings: readonly Finding[]) =>
  (atMs: number): readonly Finding[] =>
    atMs >= fromMs && atMs < untilMs ? findings : [];
