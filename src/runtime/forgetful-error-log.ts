import type { ErrorLogStore, StoredSegment } from '../store/error-log-store.ts';

/** Keeps what this run read, and knows no group of earlier ones; marks on groups have nowhere to stay. */
export function createForgetfulErrorLog(): ErrorLogStore {
  const segments = new Map<string, StoredSegment>();
  return {
    fold({ segments: added, merge }) {
      for (const segment of added) {
        const key = `${segment.startMs} ${segment.widthMs}`;
        const stored = segments.get(key);
        const document = stored === undefined ? segment.document : merge(stored.document, segment.document);
        segments.set(key, { ...segment, document });
      }
      return true;
    },
    checkpoints: () => [],
    segments: ({ fromMs, toMs }) =>
      [...segments.values()]
        .filter(({ startMs, widthMs }) => startMs < toMs && startMs + widthMs > fromMs)
        .toSorted((a, b) => a.startMs - b.startMs || a.widthMs - b.widthMs),
    knownSinceMs: () => null,
    groups: () => [],
    group: () => undefined,
    hours: () => new Map(),
    recordHours: () => [],
    edges: () => [],
    mark: () => false,
  };
}
