import type {
  AttributeSample,
  ErrorGroup,
  FieldMix,
  LogWindow,
  MinuteCounts,
  TraceOrigin,
} from '../../../../src/tools/error-analyzer/analyze/model.ts';
import { drawPoisson, drawRequest, type Fields, MINUTE, type World } from './world.ts';

/** One record of a group, before it is counted. */
export interface MadeRecord {
  atMs: number;
  fields: Fields;
  /** With what varies filled in. */
  text: string;
}

export interface MadeGroup {
  id: string;
  title: string;
  level: ErrorGroup['level'];
  records: readonly MadeRecord[];
}

/** Share of such requests that fail at that time. */
export type Failing = (fields: Fields, atMs: number) => number;

const SAMPLE_EVERY_MS = 10 * MINUTE;
const TRAFFIC_SAMPLES = 256;
const GROUP_SAMPLES = 64;

/** The window as the tool would have it: minutes, mixes, and samples that stand for more records than they are. */
export function buildWindow(
  world: World,
  made: readonly MadeGroup[],
  { traces, failing }: { traces: readonly TraceOrigin[]; failing: Failing },
): LogWindow {
  const errorsOf = made.filter(({ level }) => level === 'error' || level === 'fatal');
  const traffic = trafficMinutes(world);
  const errors = countMinutes(errorsOf.flatMap(({ records }) => records));
  return {
    fromMs: world.fromMs,
    toMs: world.toMs,
    records: addMinutes(traffic, countMinutes(made.flatMap(({ records }) => records))),
    errors,
    groups: made.map(buildGroup).toSorted((a, b) => b.count - a.count),
    attributes: [
      ...trafficSamples(world, traffic, failing),
      ...made.flatMap((group) => groupSamples(world, group)),
    ],
    traces,
    blindMinutes: [],
  };
}

function buildGroup({ id, title, level, records }: MadeGroup): ErrorGroup {
  const sorted = records.toSorted((a, b) => a.atMs - b.atMs);
  const isError = level === 'error' || level === 'fatal';
  return {
    id,
    kind: 'message',
    title,
    culprit: null,
    level,
    isError,
    count: sorted.length,
    firstMs: sorted[0]?.atMs ?? 0,
    lastMs: sorted.at(-1)?.atMs ?? 0,
    minutes: countMinutes(sorted),
    users: null,
    hosts: null,
    requests: null,
    fields: mixesOf(sorted),
    samples: sorted
      .slice(-8)
      .toReversed()
      .map(({ atMs, text, fields }) => ({ atMs, level, text, fields, stream: 'app.log' })),
    releases: [...new Set(sorted.flatMap(({ fields }) => fields['release'] ?? []))],
    merged: [],
  };
}

function mixesOf(records: readonly MadeRecord[]): FieldMix[] {
  const names = Object.keys(records[0]?.fields ?? {});
  return names.map((field) => {
    const counts = new Map<string, number>();
    for (const { fields } of records) {
      const value = fields[field];
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const sorted = [...counts].toSorted((a, b) => b[1] - a[1]);
    return {
      field,
      values: sorted.slice(0, 20).map(([value, count]) => ({ value, count })),
      others: sorted.slice(20).reduce((sum, [, count]) => sum + count, 0),
      distinct: sorted.length,
    };
  });
}

function trafficMinutes(world: World): [number, number][] {
  const minutes: [number, number][] = [];
  for (let atMs = world.fromMs; atMs < world.toMs; atMs += MINUTE) {
    minutes.push([Math.floor(atMs / MINUTE), drawPoisson(world.random, world.requestsPerMinute(atMs))]);
  }
  return minutes;
}

function trafficSamples(world: World, traffic: MinuteCounts, failing: Failing): AttributeSample[] {
  const samples: AttributeSample[] = [];
  for (let fromMs = world.fromMs; fromMs < world.toMs; fromMs += SAMPLE_EVERY_MS) {
    const first = Math.floor(fromMs / MINUTE);
    const count = traffic.reduce(
      (sum, [minute, n]) => (minute >= first && minute < first + 10 ? sum + n : sum),
      0,
    );
    const kept = Math.min(TRAFFIC_SAMPLES, count);
    for (let index = 0; index < kept; index += 1) {
      const atMs = fromMs + world.random() * SAMPLE_EVERY_MS;
      const fields = drawRequest(world, atMs);
      // What fails is no longer among the traffic that is no error.
      if (world.random() >= failing(fields, atMs))
        samples.push({ atMs, weight: count / kept, group: null, fields });
    }
  }
  return samples;
}

function groupSamples({ random }: World, { id, level, records }: MadeGroup): AttributeSample[] {
  if (level !== 'error' && level !== 'fatal') return [];
  const buckets = new Map<number, MadeRecord[]>();
  for (const record of records) {
    const bucket = Math.floor(record.atMs / SAMPLE_EVERY_MS);
    const known = buckets.get(bucket);
    if (known === undefined) buckets.set(bucket, [record]);
    else known.push(record);
  }
  return [...buckets.values()].flatMap((bucket) => {
    const kept = bucket
      .map((record) => ({ record, order: random() }))
      .toSorted((a, b) => a.order - b.order)
      .slice(0, GROUP_SAMPLES);
    return kept.map(({ record: { atMs, fields } }) => ({
      atMs,
      fields,
      group: id,
      weight: bucket.length / kept.length,
    }));
  });
}

function countMinutes(records: readonly MadeRecord[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { atMs } of records) {
    const minute = Math.floor(atMs / MINUTE);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

function addMinutes(a: MinuteCounts, b: MinuteCounts): [number, number][] {
  const sum = new Map(a);
  for (const [minute, count] of b) sum.set(minute, (sum.get(minute) ?? 0) + count);
  return [...sum].toSorted(([x], [y]) => x - y);
}
