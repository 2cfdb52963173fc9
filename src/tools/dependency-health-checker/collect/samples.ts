import type { Sample, SeriesKey } from '../../../core/metric.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { Store, TimeRange } from '../../../store/store.ts';
import { toSample } from '../../_shared/probes/sample.ts';
import { RULES, TOOL } from '../rules.ts';
import type { MonitoredDependency } from './select.ts';

/** Milliseconds a probe took, from the first phase to the proof that it works. */
export const DURATION_METRIC = 'dependency.probe.duration';

const DAY_MS = 86_400_000;
/** What "slower than it was" looks back at. */
const PAST_MS = 7 * DAY_MS;
/** More would not make a rank test surer. */
const MAX_PAST = 2_000;
const STANDING = ['new', 'ongoing', 'regressed'] as const;

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
  /** Milliseconds of the successes before `untilMs`, in time order. */
  latencies: readonly number[];
  /** What was measured from here on is compared with it. */
  untilMs: number;
  /** Of all that is known. */
  lastGoodMs: number | null;
}

/**
 * What the store remembers from before `nowMs`. Of a dependency that stands as slow, latencies end where it was first found so, or else its own
 * slowness would soon be what it is compared with; `untilMs` says where, whatever stands.
 */
export function pastOf(
  store: Pick<Store, 'samples' | 'findings'>,
  monitored: readonly MonitoredDependency[],
  nowMs: number,
  untilMs?: number,
): ReadonlyMap<string, DependencyPast> {
  const slowFromMs = beginningsOfSlowness(store);
  const goodIn = (dependency: MonitoredDependency, range: TimeRange): Sample[] =>
    store.samples
      .raw(seriesFor(dependency), range, MAX_PAST)
      .filter(({ outcome, value }) => outcome === 'ok' && value !== null);
  return new Map(
    monitored.map((dependency) => {
      const endMs = untilMs ?? slowFromMs.get(dependency.name) ?? nowMs;
      const good = goodIn(dependency, { fromMs: endMs - PAST_MS, toMs: endMs });
      const newest = endMs < nowMs ? goodIn(dependency, { fromMs: endMs, toMs: nowMs }) : [];
      return [
        dependency.name,
        {
          latencies: good.flatMap(({ value }) => value ?? []),
          untilMs: endMs,
          lastGoodMs: [...good, ...newest].at(-1)?.atMs ?? null,
        },
      ];
    }),
  );
}

/** What each finding of `slow` that stands was compared with ends here, by name of its dependency. */
function beginningsOfSlowness({ findings }: Pick<Store, 'findings'>): ReadonlyMap<string, number> {
  const standing = findings.list({ tool: TOOL, states: STANDING, includeMuted: true });
  return new Map(
    standing.flatMap(({ rule, subject, verify }): [string, number][] => {
      const { before } = verify.check.input;
      return rule === RULES.slow.id && typeof before === 'string' ? [[subject.name, Date.parse(before)]] : [];
    }),
  );
}
