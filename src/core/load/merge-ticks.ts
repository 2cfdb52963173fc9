import { EMPTY_SPARSE, mergeSparse, type SparseHistogram } from './latency-histogram.ts';
import type { EndpointMeasure, LoadTick } from './measure.ts';

/**
 * Ticks that follow each other, as one: counts and histograms are sums, states (connections, users, in flight, queued, target
 * rate, pause) are those of the last one, `busy` is the mean over time. Throws a RangeError without ticks.
 */
export function mergeInTime(ticks: readonly LoadTick[]): LoadTick {
  const [first] = ticks;
  const last = ticks.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('no ticks to merge');
  if (ticks.length === 1) return last;
  const spanMs = sum(ticks, spanOf);
  return {
    ...last,
    ...mergeCounts(ticks),
    fromMs: first.fromMs,
    busy: spanMs === 0 ? last.busy : sum(ticks, (tick) => tick.busy * spanOf(tick)) / spanMs,
  };
}

/**
 * Ticks of workers that ran side by side, as one: counts, histograms and states are sums, `busy` is that of the busiest, and the
 * pause the longest. In any order the same. Throws a RangeError without ticks.
 */
export function mergeSideBySide(ticks: readonly LoadTick[]): LoadTick {
  const [first] = ticks;
  if (first === undefined) throw new RangeError('no ticks to merge');
  if (ticks.length === 1) return first;
  const rates = ticks.flatMap(({ targetRate }) => (targetRate === null ? [] : [targetRate]));
  const pauses = ticks.flatMap(({ pausedUntilMs }) => (pausedUntilMs === null ? [] : [pausedUntilMs]));
  return {
    ...mergeCounts(ticks),
    atMs: Math.max(...ticks.map(({ atMs }) => atMs)),
    fromMs: Math.min(...ticks.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...ticks.map(({ toMs }) => toMs)),
    inFlight: sum(ticks, ({ inFlight }) => inFlight),
    queued: sum(ticks, ({ queued }) => queued),
    connections: sum(ticks, ({ connections }) => connections),
    users: sum(ticks, ({ users }) => users),
    busy: Math.max(...ticks.map(({ busy }) => busy)),
    targetRate: rates.length === 0 ? null : rates.reduce((total, rate) => total + rate, 0),
    pausedUntilMs: pauses.length === 0 ? null : Math.max(...pauses),
  };
}

type Counts = Pick<LoadTick, 'endpoints' | 'sessions' | 'opened' | 'connect' | 'tls' | 'closedByServer'>;

function mergeCounts(ticks: readonly LoadTick[]): Counts {
  return {
    endpoints: mergeEndpoints(ticks.map(({ endpoints }) => endpoints)),
    sessions: {
      asked: sum(ticks, ({ sessions }) => sessions.asked),
      begun: sum(ticks, ({ sessions }) => sessions.begun),
      dropped: sum(ticks, ({ sessions }) => sessions.dropped),
      ended: sum(ticks, ({ sessions }) => sessions.ended),
    },
    opened: sum(ticks, ({ opened }) => opened),
    connect: mergeHistograms(ticks.map(({ connect }) => connect)),
    tls: mergeHistograms(ticks.map(({ tls }) => tls)),
    closedByServer: sum(ticks, ({ closedByServer }) => closedByServer),
  };
}

/** By name, in the order in which they first appear. */
export function mergeEndpoints(lists: readonly (readonly EndpointMeasure[])[]): EndpointMeasure[] {
  const byName = new Map<string, EndpointMeasure[]>();
  for (const measure of lists.flat()) {
    const parts = byName.get(measure.name);
    if (parts === undefined) byName.set(measure.name, [measure]);
    else parts.push(measure);
  }
  return [...byName.values()].map(mergeEndpoint);
}

/** Measures as one, of the first one's name. Requires at least one. */
export function mergeEndpoint(parts: readonly EndpointMeasure[]): EndpointMeasure {
  const [first] = parts as readonly [EndpointMeasure];
  if (parts.length === 1) return first;
  return {
    name: first.name,
    sent: sum(parts, ({ sent }) => sent),
    succeeded: sum(parts, ({ succeeded }) => succeeded),
    failed: sumByKey(parts.map(({ failed }) => failed)),
    statuses: sumByKey(parts.map(({ statuses }) => statuses)),
    cancelled: sum(parts, ({ cancelled }) => cancelled),
    bytesIn: sum(parts, ({ bytesIn }) => bytesIn),
    bytesOut: sum(parts, ({ bytesOut }) => bytesOut),
    service: mergeHistograms(parts.map(({ service }) => service)),
    response: mergeHistograms(parts.map(({ response }) => response)),
    lag: mergeHistograms(parts.map(({ lag }) => lag)),
    firstByte: mergeHistograms(parts.map(({ firstByte }) => firstByte)),
    censored: mergeHistograms(parts.map(({ censored }) => censored)),
    serverTiming: mergeHistograms(parts.map(({ serverTiming }) => serverTiming)),
  };
}

/** Most parts of most ticks are empty. */
export function mergeHistograms(parts: readonly SparseHistogram[]): SparseHistogram {
  const filled = parts.filter(({ buckets }) => buckets.length > 0);
  if (filled.length <= 1) return filled[0] ?? EMPTY_SPARSE;
  return mergeSparse(filled);
}

function sumByKey<Key extends string | number>(
  records: readonly Partial<Record<Key, number>>[],
): Record<Key, number> {
  const total = {} as Record<Key, number>;
  for (const record of records) {
    for (const [key, count] of Object.entries(record) as [Key, number][]) {
      total[key] = (total[key] ?? 0) + count;
    }
  }
  return total;
}

const spanOf = ({ fromMs, toMs }: LoadTick): number => toMs - fromMs;

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
