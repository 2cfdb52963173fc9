import { detect } from '../../../src/tools/error-analyzer/analyze/detect/detect.ts';
import {
  continuesIncident,
  isUrgent,
  toIncidents,
} from '../../../src/tools/error-analyzer/analyze/detect/incidents.ts';
import type {
  Detection,
  DetectInput,
  Incident,
} from '../../../src/tools/error-analyzer/analyze/detect/types.ts';
import type {
  ErrorGroup,
  GroupHistory,
  LogWindow,
  MinuteCounts,
} from '../../../src/tools/error-analyzer/analyze/model.ts';
import { DAY_MINUTES, HISTORY_DAYS, perHour, type SeasonalErrors } from './seasonal-errors.ts';
import type { PlantedDay } from './planted-incidents.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const WINDOW_HOURS = 6;
/** A Monday. */
const START_MINUTE = Date.UTC(2026, 0, 5) / MINUTE_MS;
/** First minute after the history. */
const ZERO = START_MINUTE + HISTORY_DAYS * DAY_MINUTES;
const FIX = '2.4.0';
const RELEASES = [
  { name: '2.3.0', atMs: (ZERO - 9 * DAY_MINUTES) * MINUTE_MS },
  { name: FIX, atMs: (ZERO - 2 * DAY_MINUTES) * MINUTE_MS },
  { name: '2.4.1', atMs: (ZERO - DAY_MINUTES) * MINUTE_MS },
] as const;
const RESOLVED_MS = (ZERO - 2 * DAY_MINUTES + 30) * MINUTE_MS;

/** What the tool's options are without a word from the user. */
const THRESHOLDS = { falseDiscoveryRate: 0.01, spikeFactor: 3, spikeCount: 10, disappearedCount: 48 };

export interface Told {
  /** Minute since the end of the history at which it was told first. */
  at: number;
  detection: Detection;
  isPage: boolean;
}

export interface WatchedDays {
  /** Everything told, each group and kind once an incident. */
  told: readonly Told[];
  /** Notifications: an incident once, however many groups and looks it has. */
  pages: readonly { at: number; incident: Incident }[];
}

/** Counts per error and minute, with what was planted. */
export interface Stream {
  id: string;
  minutes: MinuteCounts;
  history: GroupHistory | null;
  release: string | null;
  /** The minute after the history, and how many follow. */
  firstMinute: number;
  length: number;
}

/** Looks once a minute, as `monitor` does, at the last six hours, with five weeks of history behind them. */
export function watchDays(errors: SeasonalErrors, streams: readonly Stream[], days: number): WatchedDays {
  const pages: { at: number; incident: Incident }[] = [];
  const told = new Map<string, Told & { lastAt: number }>();
  const all: Told[] = [];
  const records = sparse(errors.records);
  const recordHours = hoursOf([...errors.recordHours, ...perHour(errors.records)]);
  const errorMinutes = sparse(sumOf(streams, errors.records.length));
  for (let now = HOUR_MINUTES; now < days * DAY_MINUTES; now += 1) {
    const input = inputAt(now, { streams, records, errorMinutes, recordHours });
    const detections = detect(input);
    const incidents = toIncidents(detections, input.window);
    for (const incident of incidents) {
      const isPage = isUrgent(incident);
      for (const detection of incident.detections) {
        const key = `${detection.group} ${detection.kind} ${isPage}`;
        const before = told.get(key);
        if (before === undefined || now - before.lastAt > HOUR_MINUTES)
          all.push({ at: now, detection, isPage });
        told.set(key, { at: now, lastAt: now, detection, isPage });
      }
      if (!isPage) continue;
      const known = pages.findIndex((page) => continuesIncident(page.incident, incident));
      if (known === -1) pages.push({ at: now, incident });
      else pages[known] = { at: pages[known]!.at, incident: joined(pages[known]!.incident, incident) };
    }
  }
  return { told: all, pages };
}

export function streamsOf(errors: SeasonalErrors, planted: PlantedDay | null): Stream[] {
  const span = { firstMinute: ZERO, length: errors.records.length };
  const known = errors.habits.map(({ id }, index): Stream => {
    const counts = errors.minutes[index]!.slice();
    const added = planted?.added.get(id);
    const stop = planted?.stopped.get(id) ?? counts.length;
    for (let minute = 0; minute < counts.length; minute += 1) {
      counts[minute] = minute >= stop ? 0 : counts[minute]! + (added?.[minute] ?? 0);
    }
    const history = historyOf(id, [...errors.hours[index]!, ...perHour(counts)]);
    return { id, minutes: sparse(counts), history, release: null, ...span };
  });
  const ids = new Set(errors.habits.map(({ id }) => id));
  const added = [...(planted?.added ?? [])].filter(([id]) => !ids.has(id));
  return [
    ...known,
    ...added.map(([id, counts]): Stream => {
      const build = planted?.regressed.get(id);
      return {
        id,
        minutes: sparse(counts),
        ...(build === undefined ? fresh() : resolved(id, build)),
        ...span,
      };
    }),
  ];
}

function fresh(): Pick<Stream, 'history' | 'release'> {
  return { history: null, release: null };
}

function resolved(id: string, build: 'fixed build' | 'old build'): Pick<Stream, 'history' | 'release'> {
  const history = {
    ...historyOf(id, []),
    firstSeenMs: RELEASES[0].atMs,
    state: 'resolved' as const,
    stateAtMs: RESOLVED_MS,
    resolvedIn: FIX,
  };
  return { history, release: build === 'old build' ? RELEASES[0].name : RELEASES[2].name };
}

function historyOf(id: string, hours: readonly number[]): GroupHistory {
  const counted = hoursOf(hours);
  const first = counted[0]?.[0] ?? Number.POSITIVE_INFINITY;
  return {
    id,
    firstSeenMs: first * HOUR_MINUTES * MINUTE_MS,
    lastSeenMs: 0,
    total: 1,
    state: 'open',
    stateAtMs: null,
    resolvedIn: null,
    ignoredUntilMs: null,
    ignoredUntilPerHour: null,
    releases: [],
    hours: counted,
  };
}

interface Sources {
  streams: readonly Stream[];
  records: MinuteCounts;
  errorMinutes: MinuteCounts;
  recordHours: GroupHistory['hours'];
}

function inputAt(now: number, { streams, records, errorMinutes, recordHours }: Sources): DetectInput {
  // Of the history there are only hours.
  const from = ZERO + Math.max(0, Math.floor(now / HOUR_MINUTES) - WINDOW_HOURS + 1) * HOUR_MINUTES;
  const to = ZERO + now + 1;
  const fromMs = from * MINUTE_MS;
  const groups = streams.flatMap((stream) => groupOf(stream, from, to));
  const history = new Map<string, GroupHistory>();
  for (const { id, history: known } of streams) {
    // What was first seen within the window is not known from before it.
    if (known !== null && known.firstSeenMs < fromMs)
      history.set(id, { ...known, hours: before(known.hours, from) });
  }
  const window: LogWindow = {
    fromMs,
    toMs: to * MINUTE_MS,
    records: slice(records, from, to),
    errors: slice(errorMinutes, from, to),
    groups,
    attributes: [],
    traces: [],
    blindMinutes: [],
  };
  return {
    window,
    history,
    historyFromMs: START_MINUTE * MINUTE_MS,
    recordHours: before(recordHours, from),
    releases: RELEASES,
    thresholds: THRESHOLDS,
  };
}

function groupOf({ id, minutes, release }: Stream, from: number, to: number): ErrorGroup[] {
  const within = slice(minutes, from, to);
  if (within.length === 0) return [];
  const lastMs = within.at(-1)![0] * MINUTE_MS + 59_000;
  const fields: Record<string, string> = release === null ? {} : { release };
  return [
    {
      id,
      kind: 'message',
      title: id,
      culprit: null,
      level: 'error',
      isError: true,
      count: within.reduce((sum, [, count]) => sum + count, 0),
      firstMs: within[0]![0] * MINUTE_MS,
      lastMs,
      minutes: within,
      users: null,
      hosts: null,
      requests: null,
      fields: [],
      samples: [{ atMs: lastMs, level: 'error', text: id, fields, stream: 'app' }],
      releases: release === null ? [] : [release],
      merged: [],
    },
  ];
}

function joined(told: Incident, now: Incident): Incident {
  const kept = told.detections.filter(({ group }) => !now.detections.some((other) => other.group === group));
  return {
    detections: [...now.detections, ...kept],
    fromMs: Math.min(told.fromMs, now.fromMs),
    toMs: Math.max(told.toMs, now.toMs),
  };
}

function sumOf(streams: readonly Stream[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const { minutes } of streams) for (const [minute, count] of minutes) sum[minute - ZERO]! += count;
  return sum;
}

function sparse(counts: Float64Array): MinuteCounts {
  return Array.from(counts, (count, minute) => [ZERO + minute, count] as const).filter(
    ([, count]) => count > 0,
  );
}

/** Hours from the beginning of the history on. */
function hoursOf(counts: readonly number[]): GroupHistory['hours'] {
  return counts
    .map((count, hour) => [START_MINUTE / HOUR_MINUTES + hour, count] as const)
    .filter(([, count]) => count > 0);
}

function before(hours: GroupHistory['hours'], minute: number): GroupHistory['hours'] {
  return hours.slice(0, firstAt(hours, minute / HOUR_MINUTES));
}

function slice(counts: MinuteCounts, from: number, to: number): MinuteCounts {
  return counts.slice(firstAt(counts, from), firstAt(counts, to));
}

function firstAt(counts: MinuteCounts, at: number): number {
  let low = 0;
  let high = counts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counts[middle]![0] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
