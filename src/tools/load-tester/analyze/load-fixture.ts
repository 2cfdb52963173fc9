import {
  createLatencyHistogram,
  recordLatency,
  type SparseHistogram,
  toSparse,
} from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure } from '../../../core/load/measure.ts';
import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import { endpointFixture, tickFixture } from '../../../core/load/tick-fixture.ts';
import { loadOptionsSchema } from '../options.ts';
import type { BesideRecord, LoadRecord, LoadSlice, PlanSummary } from '../record.ts';
import { assessLoad } from './assess.ts';
import { judgeFitness } from './fitness.ts';
import { closedLevels, type Situation } from './situation.ts';
import { steadyPart } from './steady.ts';

export const STARTED_AT_MS = 1_790_000_000_000;

/** So many of each latency, in milliseconds. */
export function histogramOf(counts: Readonly<Record<number, number>>): SparseHistogram {
  const histogram = createLatencyHistogram();
  for (const [ms, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index += 1) recordLatency(histogram, Number(ms));
  }
  return toSparse(histogram);
}

export interface EndpointTemplate {
  name?: string;
  /** So many of each response time; service is the same, and lag a fifth of a millisecond. */
  latencies: Readonly<Record<number, number>>;
  failed?: EndpointMeasure['failed'];
  censored?: Readonly<Record<number, number>>;
  /** Default: what ended. */
  sent?: number;
}

export function endpointOf({
  name = 'GET /',
  latencies,
  failed = {},
  censored = {},
  sent,
}: EndpointTemplate): EndpointMeasure {
  const ended = Object.values(latencies).reduce((sum, count) => sum + count, 0);
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const responses = histogramOf(latencies);
  return endpointFixture({
    name,
    sent: sent ?? ended,
    succeeded: ended - failures,
    failed,
    service: responses,
    response: responses,
    lag: histogramOf({ 0.2: ended }),
    censored: histogramOf(censored),
  });
}

/** The n-th second of a run. */
export function sliceOf(
  second: number,
  endpoints: readonly EndpointTemplate[],
  more: Partial<LoadSlice> = {},
): LoadSlice {
  const measures = endpoints.map(endpointOf);
  const begun = measures.reduce((sum, { sent }) => sum + sent, 0);
  return tickFixture({
    fromMs: second * 1_000,
    toMs: (second + 1) * 1_000,
    atMs: STARTED_AT_MS + (second + 1) * 1_000,
    endpoints: measures,
    sessions: { asked: begun, begun, dropped: 0, ended: begun },
    targetRate: 100,
    ...more,
  });
}

export function seconds(count: number, slice: (second: number) => LoadSlice): LoadSlice[] {
  return Array.from({ length: count }, (_, second) => slice(second));
}

export function recordOf(
  slices: readonly LoadSlice[],
  more: Partial<Omit<LoadRecord, 'plan'>> & { plan?: Partial<PlanSummary> } = {},
): LoadRecord {
  return {
    version: 1,
    startedAtMs: STARTED_AT_MS,
    endedAtMs: STARTED_AT_MS + (slices.at(-1)?.toMs ?? 0),
    stopReason: 'completed',
    stopDetail: null,
    workers: 1,
    slices,
    total: mergeInTime(slices),
    exemplars: [],
    silences: [],
    beside: besideOf(),
    host: { platform: 'linux', cores: 4, node: 'v20.19.0' },
    ...more,
    plan: {
      name: 'test',
      hash: 'abc',
      seed: 1,
      model: 'open, 100 sessions/s',
      open: true,
      origins: ['http://127.0.0.1:3000'],
      targetRequestRate: 100,
      durationMs: slices.length * 1_000,
      ...more.plan,
    },
  };
}

export function besideOf(more: Partial<BesideRecord> = {}): BesideRecord {
  return { process: null, scraped: null, machine: null, events: [], ...more };
}

/** Seconds with this processor share of one core, on a machine that has half of its own free. */
export function processOf(
  count: number,
  processor: number,
  residentBytes: (second: number) => number = () => 1e8,
): BesideRecord {
  return besideOf({
    process: {
      pid: 7,
      how: 'listens on port 3000',
      samples: Array.from({ length: count }, (_, second) => ({
        atMs: STARTED_AT_MS + (second + 1) * 1_000,
        processor,
        waiting: 0,
        residentBytes: residentBytes(second),
      })),
    },
    machine: Array.from({ length: count }, (_, second) => ({
      atMs: STARTED_AT_MS + (second + 1) * 1_000,
      idle: 0.5,
    })),
  });
}

const CLOSED = { open: false, targetRequestRate: null, model: 'closed' };

/** A closed level of so many seconds. */
export function levelRecord(
  users: number,
  count: number,
  endpoints: readonly EndpointTemplate[],
  beside = besideOf(),
): LoadRecord {
  const slices = seconds(count, (second) =>
    sliceOf(second, endpoints, { users, targetRate: null, inFlight: users }),
  );
  return recordOf(slices, { plan: CLOSED, beside });
}

export function situationOf(
  record: LoadRecord,
  more: Partial<Situation> = {},
  closed: readonly LoadRecord[] = [],
): Situation {
  const options = loadOptionsSchema.parse({});
  const steady = steadyPart(record.slices);
  return {
    target: 'shop',
    record,
    steady,
    fitness: judgeFitness(record, steady, options.fitness),
    calm: null,
    levels: closedLevels(closed),
    alone: [],
    thresholds: [],
    keepAlive: true,
    options,
    check: { command: 'run', input: {} },
    ...more,
  };
}

/** What rules say of it: severity, rule and subject of each finding. */
export function found(situation: Situation): string[] {
  return assessLoad(situation).findings.map(
    ({ rule, severity, subject }) => `${severity} ${rule.replace('load-tester/', '')} ${subject.name}`,
  );
}

export function calmOf(endpoints: EndpointTemplate[]): LoadSlice {
  return sliceOf(0, endpoints, { users: 1, targetRate: null });
}
