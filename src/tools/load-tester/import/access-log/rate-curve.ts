/** Counts in time, in bins that grow with the span: bounded for a log of any length, and out of order. */
export interface RateCurve {
  add(atMs: number): void;
  /** Of equal width, ascending. */
  bins(): { fromMs: number; widthMs: number; counts: readonly number[] };
}

const MAX_BINS = 16_384;
const FIRST_WIDTH_MS = 250;

export function rateCurve(): RateCurve {
  let widthMs = FIRST_WIDTH_MS;
  let bins = new Map<number, number>();
  return {
    add(atMs) {
      const bin = Math.floor(atMs / widthMs);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
      while (bins.size > MAX_BINS) {
        const wider = new Map<number, number>();
        for (const [key, count] of bins) {
          const half = Math.floor(key / 2);
          wider.set(half, (wider.get(half) ?? 0) + count);
        }
        bins = wider;
        widthMs *= 2;
      }
    },
    bins() {
      const keys = [...bins.keys()].toSorted((a, b) => a - b);
      const [first = 0] = keys;
      const last = keys.at(-1) ?? 0;
      // A gap of years between two lines is no reason for a bin each; they only have to be told apart.
      const length = Math.min(last - first + 1, 4 * MAX_BINS);
      const counts = Array.from({ length }, (_, index) => bins.get(first + index) ?? 0);
      return { fromMs: first * widthMs, widthMs, counts };
    },
  };
}

/** The span of this length with the most in it. */
export function busiestWindow(
  { fromMs, widthMs, counts }: ReturnType<RateCurve['bins']>,
  lengthMs: number,
): { fromMs: number; toMs: number } {
  const length = Math.max(1, Math.round(lengthMs / widthMs));
  if (length >= counts.length) return { fromMs, toMs: fromMs + counts.length * widthMs };
  let sum = 0;
  let best = { sum: -1, from: 0 };
  for (let index = 0; index < counts.length; index += 1) {
    sum += (counts[index] ?? 0) - (counts[index - length] ?? 0);
    const from = index - length + 1;
    if (from >= 0 && sum > best.sum) best = { sum, from };
  }
  return { fromMs: fromMs + best.from * widthMs, toMs: fromMs + (best.from + length) * widthMs };
}
