import { mergeSegments } from '../segments/merge.ts';
import type { SegmentDocument } from '../segments/types.ts';

/** Segments in memory, each merged with what is read of its time later: the same as in the store, without reading them again at every look. */
export interface KeptSegments {
  add(documents: readonly SegmentDocument[]): void;
  replace(documents: readonly SegmentDocument[]): void;
  /** Those that end before are dropped. */
  forgetBefore(ms: number): void;
  /** In order of time. */
  all(): SegmentDocument[];
}

export function createKeptSegments(documents: readonly SegmentDocument[]): KeptSegments {
  const kept = new Map<string, SegmentDocument>();
  const add = (added: readonly SegmentDocument[]): void => {
    for (const document of added) {
      const key = `${document.startMs} ${document.widthMs}`;
      const known = kept.get(key);
      kept.set(key, known === undefined ? document : mergeSegments(known, document));
    }
  };
  add(documents);
  return {
    add,
    replace(others) {
      kept.clear();
      add(others);
    },
    forgetBefore(ms) {
      for (const [key, { startMs, widthMs }] of kept) if (startMs + widthMs <= ms) kept.delete(key);
    },
    all: () => [...kept.values()].toSorted((a, b) => a.startMs - b.startMs || a.widthMs - b.widthMs),
  };
}
