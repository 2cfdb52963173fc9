/** Wall clock, epoch milliseconds; `from` inclusive, `to` exclusive. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** What is left of a span when others are cut out of it, in order; they may overlap and lie anywhere. */
export function spansOutside(span: TimeSpan, cut: readonly TimeSpan[]): TimeSpan[] {
  const left: TimeSpan[] = [];
  let fromMs = span.fromMs;
  for (const window of cut.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (window.toMs <= fromMs || window.fromMs >= span.toMs) continue;
    if (window.fromMs > fromMs) left.push({ fromMs, toMs: window.fromMs });
    fromMs = window.toMs;
  }
  if (fromMs < span.toMs) left.push({ fromMs, toMs: span.toMs });
  return left;
}
