import { EMPTY_SPARSE, mergeSparse, type SparseHistogram } from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure, LoadTick } from '../../../core/load/measure.ts';

/** Ticks, or slices, of one run in their order as one: sums, and the states at the end. Requires at least one. */
export function mergeTicks(ticks: readonly LoadTick[]): LoadTick {
  const [first] = ticks;
  const last = ticks.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('No ticks to merge');
  const spans = sumOf(ticks, spanMs);
  return {
    atMs: last.atMs,
    fromMs: first.fromMs,
    toMs: last.toMs,
    endpoints: mergeEndpoints(ticks.map(({ endpoints }) => endpoints)),
    sessions: {
      asked: sumOf(ticks, ({ sessions }) => sessions.asked),
      begun: sumOf(ticks, ({ sessions }) => sessions.begun),
      dropped: sumOf(ticks, ({ sessions }) => sessions.dropped),
      ended: sumOf(ticks, ({ sessions }) => sessions.ended),
    },
    inFlight: last.inFlight,
    queued: last.queued,
    connections: last.connections,
    users: last.users,
    opened: sumOf(ticks, ({ opened }) => opened),
    connect: mergeHistograms(ticks.map(({ connect }) => connect)),
    tls: mergeHistograms(ticks.map(({ tls }) => tls)),
    closedByServer: sumOf(ticks, ({ closedByServer }) => closedByServer),
    busy: spans > 0 ? sumOf(ticks, (tick) => tick.busy * spanMs(tick)) / spans : last.busy,
    targetRate: last.targetRate,
    pausedUntilMs: last.pausedUntilMs,
  };
}

/** By name, in the order in which they first appear. */
export function mergeEndpoints(parts: readonly (readonly EndpointMeasure[])[]): EndpointMeasure[] {
  const byName = new Map<string, EndpointMeasure[]>();
  for (const part of parts) {
    for (const measure of part) {
      const group = byName.get(measure.name);
      if (group === undefined) byName.set(measure.name, [measure]);
      else group.push(measure);
    }
  }
  return [...byName].map(([name, measures]) => mergeMeasures(name, measures));
}

/** Measures as those of one endpoint of this name; without any, one of which nothing is known. */
export function mergeMeasures(name: string, measures: readonly EndpointMeasure[]): EndpointMeasure {
  return {
    name,
    sent: sumOf(measures, ({ sent }) => sent),
    succeeded: sumOf(measures, ({ succeeded }) => succeeded),
    failed: sumCounts(measures.map(({ failed }) => failed)),
    statuses: sumCounts(measures.map(({ statuses }) => statuses)),
    cancelled: sumOf(measures, ({ cancelled }) => cancelled),
    bytesIn: sumOf(measures, ({ bytesIn }) => bytesIn),
    bytesOut: sumOf(measures, ({ bytesOut }) => bytesOut),
    service: mergeHistograms(measures.map(({ service }) => service)),
    response: mergeHistograms(measures.map(({ response }) => response)),
    lag: mergeHistograms(measures.map(({ lag }) => lag)),
    firstByte: mergeHistograms(measures.map(({ firstByte }) => firstByte)),
    censored: mergeHistograms(measures.map(({ censored }) => censored)),
    serverTiming: mergeHistograms(measures.map(({ serverTiming }) => serverTiming)),
  };
}

export function mergeHistograms(parts: readonly SparseHistogram[]): SparseHistogram {
  const filled = parts.filter(({ buckets }) => buckets.length > 0);
  if (filled.length <= 1) return filled[0] ?? EMPTY_SPARSE;
  return mergeSparse(filled);
}

export function spanMs({ fromMs, toMs }: Pick<LoadTick, 'fromMs' | 'toMs'>): number {
  return toMs - fromMs;
}

export function sumOf<Value>(values: readonly Value[], numberOf: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + numberOf(value), 0);
}

function sumCounts<Counts extends Partial<Record<string, number>>>(parts: readonly Counts[]): Counts {
  const sums: Partial<Record<string, number>> = {};
  for (const part of parts) {
    for (const [key, count] of Object.entries(part)) sums[key] = (sums[key] ?? 0) + (count ?? 0);
  }
  return sums as Counts;
}
