import { z } from 'zod';
import { counted } from '../core/counted.ts';
import type { Alert, AlertGroup } from '../core/alert.ts';
import type { Block, Cell, Tone } from '../core/block.ts';
import { formatDuration } from '../core/duration.ts';
import { type Severity, severitySchema } from '../core/severity.ts';
import type { Delivery, StoredWindow } from '../store/alert-store.ts';
import { subjectKey } from './alerts/group.ts';
import { compareAlerts } from './alerts/message.ts';
import type { RunResult } from './envelope.ts';
import { formatMoment } from './moments.ts';
import { ownCommand } from './own-command.ts';
import type { Runtime } from './runtime.ts';
import { subjectsText, windowData, windowDataSchema } from './stored-windows.ts';

const DAY_MS = 86_400_000;
/** The daemon renews its lease every few seconds. */
const DAEMON_SILENT_MS = 60_000;
const ROWS = 50;

const isoOrNull = z.iso.datetime().nullable();
export const alertsListDataSchema = z.object({
  alerts: z.array(
    z.object({
      id: z.string(),
      rule: z.string(),
      severity: severitySchema,
      title: z.string(),
      subject: z.object({ kind: z.string(), name: z.string() }),
      state: z.enum(['pending', 'firing', 'resolved']),
      startedAt: z.iso.datetime(),
      resolvedAt: isoOrNull,
      suppression: z.object({ kind: z.enum(['cause', 'silence', 'maintenance']), by: z.string() }).nullable(),
      /** Names of the notifiers that were told of its group. */
      told: z.array(z.string()),
    }),
  ),
  silences: z.array(windowDataSchema),
  deliveries: z.array(
    z.object({
      notifier: z.string(),
      title: z.string(),
      state: z.enum(['queued', 'undeliverable']),
      queuedAt: z.iso.datetime(),
      attempts: z.number().int(),
      lastError: z.string().nullable(),
    }),
  ),
  /** When the daemon last showed that it runs; null: never. */
  daemonSeenAt: isoOrNull,
});

/** What fires, what is kept quiet and why, what is over since yesterday, and what could not be told. */
export function listAlerts(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'alerts list', () => {
    const store = runtime.openStore();
    const nowMs = runtime.clock.wallMs();
    const alerts = store.alerts
      .list({ resolvedSinceMs: nowMs - DAY_MS })
      .filter(({ state, firedAtMs }) => state !== 'resolved' || firedAtMs !== null)
      .toSorted(compareAlerts);
    const groups = new Map(store.alerts.groups().map((group) => [group.key, group]));
    const silences = store.windows.list({ fromMs: nowMs, toMs: nowMs + 1 }, 'silence');
    const undelivered = [
      ...store.deliveries.list({ state: 'undeliverable', limit: ROWS }),
      ...store.deliveries.list({ state: 'queued', limit: ROWS }),
    ].filter(({ state, settledAtMs }) => state === 'queued' || (settledAtMs ?? 0) > nowMs - DAY_MS);
    const seenMs = store.lease.current()?.renewedAtMs;
    return {
      status: 'pass',
      summary: [counts(alerts), daemonText(seenMs, nowMs)].join(' '),
      sections: sectionsOf({ alerts, groups, silences, undelivered, nowMs }),
      data: {
        alerts: alerts.map((alert) => alertData(alert, groups)),
        silences: silences.map(windowData),
        deliveries: undelivered.map(deliveryData),
        daemonSeenAt: isoText(seenMs ?? null),
      },
      next: alerts.some(({ state }) => state === 'firing') ? ['rearguard findings list'] : [],
    };
  });
}

interface Listed {
  alerts: readonly Alert[];
  groups: ReadonlyMap<string, AlertGroup>;
  silences: readonly StoredWindow[];
  undelivered: readonly Delivery[];
  nowMs: number;
}

function sectionsOf({ alerts, groups, silences, undelivered, nowMs }: Listed): Block[] {
  const since = (atMs: number): string => formatDuration(nowMs - atMs);
  const firing = alerts.filter(isLoud);
  const quiet = alerts.filter(isQuiet);
  const pending = alerts.filter(({ state }) => state === 'pending');
  const resolved = alerts.filter(({ state }) => state === 'resolved');
  return [
    ...table(
      'Firing',
      ['severity', 'for', 'what', 'told'],
      firing.map((alert) => [
        severityCell(alert.severity),
        since(alert.startedAtMs),
        whatOf(alert),
        toldText(groups.get(alert.group)),
      ]),
    ),
    ...table(
      'Firing and kept quiet',
      ['severity', 'for', 'what', 'why', 'told before'],
      quiet.map((alert) => [
        severityCell(alert.severity),
        since(alert.startedAtMs),
        whatOf(alert),
        whyText(alert, silences),
        toldBeforeText(alert, groups.get(alert.group)),
      ]),
    ),
    ...table(
      'Pending',
      ['severity', 'for', 'what'],
      pending.map((alert) => [severityCell(alert.severity), since(alert.startedAtMs), whatOf(alert)]),
    ),
    ...table(
      'Over since yesterday',
      ['severity', 'lasted', 'what', 'over since'],
      resolved.map((alert) => [
        alert.severity,
        formatDuration((alert.clearedAtMs ?? nowMs) - alert.startedAtMs),
        whatOf(alert),
        since(alert.clearedAtMs ?? nowMs),
      ]),
    ),
    ...table(
      'Not delivered',
      ['notifier', 'state', 'message', 'error'],
      undelivered.map(({ notifier, state, message, lastError }) => [
        notifier,
        state === 'queued' ? 'waits' : { text: 'given up', tone: 'bad' },
        message.title,
        lastError ?? '',
      ]),
    ),
    ...table(
      'Silences',
      ['id', 'subjects', 'until', 'reason'],
      silences.map(({ id, subjects, toMs, reason }) => [
        id,
        subjectsText(subjects),
        formatMoment(toMs),
        reason,
      ]),
    ),
  ];
}

function table(title: string, headers: readonly string[], rows: Cell[][]): Block[] {
  if (rows.length === 0) return [];
  const omitted = rows.length > ROWS ? { omitted: rows.length - ROWS } : {};
  const columns = headers.map((header) => ({ header }));
  return [{ kind: 'table', title, columns, rows: rows.slice(0, ROWS), ...omitted }];
}

const TONES: Readonly<Partial<Record<Severity, Tone>>> = { critical: 'bad', high: 'bad', medium: 'warn' };

function severityCell(severity: Severity): Cell {
  const tone = TONES[severity];
  return tone === undefined ? severity : { text: severity, tone };
}

/** The title, with the subject where it does not name it. */
function whatOf({ title, subject, clearedAtMs, state }: Alert): string {
  // Of an endpoint the path is enough.
  const essence = subject.kind === 'endpoint' ? (subject.name.split(' ').at(-1) ?? '') : subject.name;
  const named = title.includes(essence) ? title : `${subject.name}: ${title}`;
  return state === 'firing' && clearedAtMs !== null ? `${named} (well for now)` : named;
}

function toldText(group: AlertGroup | undefined): string {
  if (group === undefined || group.notifiedAtMs === null) return 'not yet';
  return group.notifiers.length === 0 ? 'nobody: no notifier' : group.notifiers.join(', ');
}

/** A message may have gone out before something began to keep the alert quiet. */
function toldBeforeText(alert: Alert, group: AlertGroup | undefined): string {
  if (group === undefined || !group.notifiedSubjects.includes(subjectKey(alert))) return 'nobody';
  return group.notifiers.length === 0 ? 'nobody: no notifier' : group.notifiers.join(', ');
}

function whyText({ suppression }: Alert, silences: readonly StoredWindow[]): string {
  if (suppression === null) return '';
  const { kind, by } = suppression;
  if (kind === 'cause') return `because of ${by}`;
  if (kind === 'maintenance') return `maintenance ${by}`;
  const silence = silences.find(({ id }) => id === by);
  return silence === undefined ? `silenced (${by})` : `silenced until ${formatMoment(silence.toMs)} (${by})`;
}

function isLoud({ state, suppression }: Alert): boolean {
  return state === 'firing' && suppression === null;
}

function isQuiet({ state, suppression }: Alert): boolean {
  return state === 'firing' && suppression !== null;
}

function counts(alerts: readonly Alert[]): string {
  const loud = alerts.filter(isLoud).length;
  const quiet = alerts.filter(isQuiet).length;
  const over = alerts.filter(({ state }) => state === 'resolved').length;
  const parts = [
    loud === 0 ? 'Nothing fires' : counted(loud, 'alert fires', 'alerts fire'),
    ...(quiet === 0 ? [] : [`${quiet} kept quiet`]),
    ...(over === 0 ? [] : [`${over} over since yesterday`]),
  ];
  return `${parts.join(', ')}.`;
}

/** Without a daemon nothing here changes, and nobody is told. */
function daemonText(seenMs: number | undefined, nowMs: number): string {
  if (seenMs === undefined) return 'No daemon has run on this store: `rearguard serve` watches and tells.';
  if (nowMs - seenMs <= DAEMON_SILENT_MS) return 'The daemon runs.';
  return `The daemon was last seen ${formatDuration(nowMs - seenMs)} ago: nobody is told until \`rearguard serve\` runs.`;
}

type ListData = z.infer<typeof alertsListDataSchema>;

function alertData(alert: Alert, groups: ReadonlyMap<string, AlertGroup>): ListData['alerts'][number] {
  const { id, rule, severity, title, subject, state, startedAtMs, resolvedAtMs, suppression } = alert;
  const told = state === 'resolved' ? [] : (groups.get(alert.group)?.notifiers ?? []);
  return {
    id,
    rule,
    severity,
    title,
    subject: { kind: subject.kind, name: subject.name },
    state,
    startedAt: new Date(startedAtMs).toISOString(),
    resolvedAt: isoText(resolvedAtMs),
    suppression,
    told: [...told],
  };
}

function deliveryData(delivery: Delivery): ListData['deliveries'][number] {
  const { notifier, message, state, queuedAtMs, attempts, lastError } = delivery;
  return {
    notifier,
    title: message.title,
    state: state === 'queued' ? 'queued' : 'undeliverable',
    queuedAt: new Date(queuedAtMs).toISOString(),
    attempts,
    lastError,
  };
}

function isoText(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
