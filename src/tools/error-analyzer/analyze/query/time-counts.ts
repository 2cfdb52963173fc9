const FIRST_WIDTH_MS = 60_000;
const MAX_PARTS = 4_096;

/** Counts over time in bounded memory: parts of a minute, which double their width when there are too many of them. */
export interface TimeCounts {
  add(atMs: number): void;
  /** Beginning and count, ascending, without zeros. */
  parts(): [fromMs: number, count: number][];
  readonly widthMs: number;
}

export function createTimeCounts(): TimeCounts {
  let widthMs = FIRST_WIDTH_MS;
  let counts = new Map<number, number>();

  const widen = (): void => {
    widthMs *= 2;
    const wider = new Map<number, number>();
    for (const [part, count] of counts) {
      const index = Math.floor(part / 2);
      wider.set(index, (wider.get(index) ?? 0) + count);
    }
    counts = wider;
  };

  return {
    add(atMs) {
      const part = Math.floor(atMs / widthMs);
      counts.set(part, (counts.get(part) ?? 0) + 1);
      while (counts.size > MAX_PARTS) widen();
    },
    parts: () =>
      [...counts]
        .toSorted(([a], [b]) => a - b)
        .map(([part, count]): [number, number] => [part * widthMs, count]),
    get widthMs() {
      return widthMs;
    },
  };
}
