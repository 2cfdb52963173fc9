/**
 * Holm's step-down adjustment (1979): comparing each adjusted p-value with alpha keeps the chance of even one false alarm
 * over the whole family below alpha, whatever the dependence between the tests. Order is kept.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).toSorted((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = Array.from({ length: pValues.length }, () => 1);
  let running = 0;
  for (const [rank, index] of order.entries()) {
    running = Math.max(running, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = running;
  }
  return adjusted;
}
