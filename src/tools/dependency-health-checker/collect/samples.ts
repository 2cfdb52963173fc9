import type { Sample, SeriesKey } from '../../../core/metric.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { Store, TimeRange } from '../../../store/store.ts';
import { toSample } from '../../_shared/probes/sample.ts';
import type { MonitoredDependency } from './select.ts';

/** Milliseconds a probe took, from the first phase to the proof that it works. */
export const DURATION_METRIC = 'dependency.probe.duration';

const DAY_MS = 86_400_000;
/** What "slower than it was" looks back at. */
const PAST_MS = 7 * DAY_MS;
/** More would not make a rank test surer. */
const MAX_PAST = 2_000;

export function seriesFor({ name, kind }: Pick<MonitoredDependency, 'name' | 'kind'>): SeriesKey {
  return { metric: DURATION_METRIC, unit: 'ms', attributes: { dependency: name, kind } };
}

/** Writes probe results as samples; `coversMs` is the interval for a scheduled slot and 0 for an extra probe. */
export function storeResults(
  store: Pick<Store, 'samples'>,
  monitored: ReadonlyMap<string, MonitoredDependency>,
  results: readonly ProbeResult[],
  coversMs: (monitored: MonitoredDependency) => number,
): void {
  const batches = new Map<string, { series: SeriesKey; samples: Sample[] }>();
  for (const result of results) {
    const dependency = monitored.get(result.id);
    if (dependency === undefined || result.cold.cause === 'cancelled') continue;
    const batch = batches.get(result.id) ?? { series: seriesFor(dependency), samples: [] };
    batch.samples.push(sampleOf(result, coversMs(dependency)));
    batches.set(result.id, batch);
  }
  if (batches.size > 0) store.samples.append([...batches.values()]);
}

/** A success at the second try says what it is the retry of. */
function sampleOf(result: ProbeResult, coversMs: number): Sample {
  const sample = toSample(result, result.cold, coversMs);
  return result.retryOf ? { ...sample, detail: { ...sample.detail, retryOf: result.retryOf.cause } } : sample;
}

export interface DependencyPast {
  /** Milliseconds of the successes, in time order. */
  latencies: readonly number[];
  lastGoodMs: number | null;
}

/** What the store remembers from before `beforeMs`. */
export function pastOf(
  store: Pick<Store, 'samples'>,
  monitored: readonly MonitoredDependency[],
  beforeMs: number,
): ReadonlyMap<string, DependencyPast> {
  const range: TimeRange = { fromMs: beforeMs - PAST_MS, toMs: beforeMs };
  return new Map(
    monitored.map((dependency) => {
      const good = store.samples
        .raw(seriesFor(dependency), range, MAX_PAST)
        .filter(({ outcome, value }) => outcome === 'ok' && value !== null);
      const latencies = good.flatMap(({ value }) => value ?? []);
      return [dependency.name, { latencies, lastGoodMs: good.at(-1)?.atMs ?? null }];
    }),
  );
}

export function latenciesOf(
  past: ReadonlyMap<string, DependencyPast>,
): ReadonlyMap<string, readonly number[]> {
  return new Map([...past].map(([name, { latencies }]) => [name, latencies]));
}
