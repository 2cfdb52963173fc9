export interface SeriesStats {
  min: number;
  max: number;
  last: number | null;
  /** Points without a value. */
  gaps: number;
}

type Point = readonly [atMs: number, value: number | null];

/** undefined when nothing was measured. */
export function seriesStats(points: readonly Point[]): SeriesStats | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let gaps = 0;
  for (const [, value] of points) {
    if (value === null || !Number.isFinite(value)) gaps += 1;
    else {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return gaps === points.length ? undefined : { min, max, last: points.at(-1)?.[1] ?? null, gaps };
}

/** First and last time over all lines; undefined without points. */
export function timeExtent(
  lines: readonly { points: readonly Point[] }[],
): readonly [number, number] | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { points } of lines) {
    for (const [atMs] of points) {
      from = Math.min(from, atMs);
      to = Math.max(to, atMs);
    }
  }
  return from <= to ? [from, to] : undefined;
}

/** The worst (highest) value in each of `columns` equal spans of time; null where there is none. */
export function resample(
  points: readonly Point[],
  [fromMs, toMs]: readonly [number, number],
  columns: number,
): (number | null)[] {
  const cells: (number | null)[] = Array.from({ length: columns }, () => null);
  const span = Math.max(1, toMs - fromMs);
  for (const [atMs, value] of points) {
    if (value === null || !Number.isFinite(value)) continue;
    const cell = Math.min(columns - 1, Math.floor(((atMs - fromMs) / span) * columns));
    cells[cell] = Math.max(cells[cell] ?? value, value);
  }
  return cells;
}
