import type { Alert, AlertGroup } from '../core/alert.ts';
import type { BackendEvent, CoverageGap } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import { type Sample, seriesId, type SeriesKey } from '../core/metric.ts';
import type { Session } from '../core/session.ts';
import type { StoredWindow } from '../store/alert-store.ts';
import type {
  IdentifiedDraft,
  Observation,
  ObservationKey,
  ObservationStore,
  Store,
  StoredBaseline,
  TimeRange,
} from '../store/store.ts';
import { createForgetfulErrorLog } from './forgetful-error-log.ts';

/**
 * Stands in where the store cannot be opened, so that a command still measures and its report is still
 * shown: it remembers this run's own samples, events and baselines, and knows nothing of earlier runs.
 */
export function createForgetfulStore(): Store {
  const samples = new Map<string, { key: SeriesKey; samples: Sample[] }>();
  const gaps: CoverageGap[] = [];
  const events: BackendEvent[] = [];
  const baselines = new Map<string, StoredBaseline>();
  const within = (atMs: number, range: { fromMs: number; toMs: number }): boolean =>
    atMs >= range.fromMs && atMs < range.toMs;
  return {
    findings: {
      apply: ({ found, nowMs }) => found.map((draft) => asNewFinding(draft, nowMs)),
      get: () => undefined,
      list: () => [],
      mute: () => false,
      unmute: () => false,
      muteOf: () => undefined,
      origin: () => undefined,
      changes: () => [],
    },
    samples: {
      append(batch) {
        for (const { series, samples: more } of batch) {
          const known = samples.get(seriesId(series)) ?? { key: series, samples: [] };
          known.samples.push(...more);
          samples.set(seriesId(series), known);
        }
      },
      raw(series, range, limit) {
        const known = samples.get(seriesId(series))?.samples ?? [];
        const sorted = known.filter(({ atMs }) => within(atMs, range)).toSorted((a, b) => a.atMs - b.atMs);
        return limit === undefined ? sorted : sorted.slice(Math.max(0, sorted.length - limit));
      },
      series: (metric, attributes = {}) =>
        [...samples.values()]
          .map(({ key }) => key)
          .filter((key) => key.metric === metric)
          .filter((key) =>
            Object.entries(attributes).every(([name, value]) => key.attributes[name] === value),
          ),
      buckets: () => [],
      outcomes: () => [],
      gap: (gap) => void gaps.push(gap),
      gaps: (range) => gaps.filter((gap) => gap.fromMs < range.toMs && gap.toMs > range.fromMs),
    },
    runs: {
      record: () => undefined,
      has: () => false,
      latest: () => undefined,
      get: () => undefined,
      list: () => [],
    },
    ...forgetfulWork(),
    baselines: {
      save: (baseline) => void baselines.set(`${baseline.tool}/${baseline.name}`, baseline),
      get: (tool, name) => baselines.get(`${tool}/${name}`),
      list: (tool) =>
        [...baselines.values()]
          .filter((baseline) => tool === undefined || baseline.tool === tool)
          .map(({ tool: owner, name, savedAtMs }) => ({ tool: owner, name, savedAtMs })),
    },
    events: {
      add: (event) => void events.push(event),
      list: (range, kinds) =>
        events.filter(
          (event) => within(event.atMs, range) && (kinds === undefined || kinds.includes(event.kind)),
        ),
    },
    observations: forgetfulObservations(),
    errorLog: createForgetfulErrorLog(),
    ...forgetfulAlerting(),
    maintain: () => ({
      samplesRolledUp: 0,
      samplesDeleted: 0,
      bucketsDeleted: 0,
      runsDeleted: 0,
      more: false,
    }),
    close: () => undefined,
  };
}

function forgetfulObservations(): ObservationStore {
  const observations = new Map<string, Observation>();
  const list = (key: ObservationKey, { fromMs, toMs }: TimeRange): Observation[] =>
    [...observations.values()]
      .filter(({ tool, subject, kind }) => tool === key.tool && subject === key.subject && kind === key.kind)
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .toSorted((a, b) => a.atMs - b.atMs);
  return {
    add: (observation) => {
      const { tool, subject, kind, atMs } = observation;
      observations.set(JSON.stringify([tool, subject, kind, atMs]), observation);
    },
    list,
    times: (key, range) => list(key, range).map(({ atMs }) => atMs),
    latest: (key, beforeMs = Number.MAX_SAFE_INTEGER) => list(key, { fromMs: 0, toMs: beforeMs }).at(-1),
  };
}

/** Sessions and runs of their own processes live as long as this process: nobody else could take them up. */
function forgetfulWork(): Pick<Store, 'sessions' | 'liveRuns'> {
  const sessions = new Map<string, Session>();
  const open = (): Session | undefined => [...sessions.values()].find(({ endedAtMs }) => endedAtMs === null);
  return {
    sessions: {
      begin(session) {
        const other = open();
        if (other === undefined) sessions.set(session.id, session);
        return other;
      },
      get: (id) => sessions.get(id),
      open,
      list: ({ fromMs, toMs }) =>
        [...sessions.values()]
          .filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs)
          .toSorted((a, b) => b.startedAtMs - a.startedAtMs),
      update(id, change) {
        const session = sessions.get(id);
        if (session === undefined) return undefined;
        const changed = change(session);
        sessions.set(id, changed);
        return changed;
      },
    },
    liveRuns: {
      add: () => undefined,
      get: () => undefined,
      list: () => [],
      active: () => [],
      beat: () => ({ mustStop: false }),
      transition: () => false,
      requestCancel: () => false,
    },
  };
}

/** Nothing waits for delivery where nothing is durable: messages are dropped. */
function forgetfulAlerting(): Pick<Store, 'alerts' | 'deliveries' | 'windows' | 'heartbeats' | 'lease'> {
  const alerts = new Map<string, Alert>();
  const groups = new Map<string, AlertGroup>();
  const windows = new Map<string, StoredWindow>();
  const beats = new Map<string, number>();
  const expected = new Map<string, number>();
  return {
    alerts: {
      list: ({ resolvedSinceMs = Number.POSITIVE_INFINITY, limit } = {}) =>
        [...alerts.values()]
          .filter(({ resolvedAtMs }) => resolvedAtMs === null || resolvedAtMs >= resolvedSinceMs)
          .toSorted((a, b) => b.startedAtMs - a.startedAtMs)
          .slice(0, limit),
      groups: () => [...groups.values()],
      commit(change) {
        for (const alert of change.alerts) alerts.set(`${alert.fingerprint} ${alert.startedAtMs}`, alert);
        for (const key of change.endedGroups) groups.delete(key);
        for (const group of change.groups) groups.set(group.key, group);
      },
    },
    deliveries: { heads: () => [], attempted: () => undefined, settle: () => undefined, list: () => [] },
    windows: {
      add: (window) => void windows.set(window.id, window),
      end: (id) => windows.delete(id),
      list: ({ fromMs, toMs }, kind) =>
        [...windows.values()].filter(
          (window) =>
            window.toMs > fromMs && window.fromMs < toMs && (kind === undefined || window.kind === kind),
        ),
    },
    heartbeats: {
      beat: (name, atMs) => void beats.set(name, atMs),
      last: (name) => beats.get(name),
      expectedSince(name, nowMs) {
        const since = expected.get(name) ?? nowMs;
        expected.set(name, since);
        return since;
      },
    },
    // Nobody else can hold what is in this process only.
    lease: { take: () => true, current: () => undefined, release: () => undefined },
  };
}

function asNewFinding(draft: IdentifiedDraft, nowMs: number): Finding {
  const at = new Date(nowMs).toISOString();
  return { ...draft, state: 'new', firstSeen: at, lastSeen: at };
}
