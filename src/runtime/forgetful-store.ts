import type { BackendEvent, CoverageGap } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import { type Sample, seriesId, type SeriesKey } from '../core/metric.ts';
import type { IdentifiedDraft, Store, StoredBaseline } from '../store/store.ts';

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
    runs: { record: () => undefined, latest: () => undefined, get: () => undefined },
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

function asNewFinding(draft: IdentifiedDraft, nowMs: number): Finding {
  const at = new Date(nowMs).toISOString();
  return { ...draft, state: 'new', firstSeen: at, lastSeen: at };
}
