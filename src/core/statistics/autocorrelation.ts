/**
 * Sample autocorrelation at lags 1 to `maxLag`, of values in time order: the usual estimator that divides by n at every lag.
 * Values that are all equal are taken as uncorrelated.
 */
export function autocorrelations(values: ArrayLike<number>, maxLag: number): number[] {
  const n = values.length;
  let sum = 0;
  for (let index = 0; index < n; index += 1) sum += values[index] as number;
  const centred = Float64Array.from(values, (value) => value - sum / n);
  const lagged = (lag: number): number => {
    let product = 0;
    for (let index = lag; index < n; index += 1) {
      product += (centred[index] as number) * (centred[index - lag] as number);
    }
    return product;
  };
  const variance = lagged(0);
  return Array.from({ length: maxLag }, (_, index) => (variance > 0 ? lagged(index + 1) / variance : 0));
}

/**
 * How many independent values would tell as much about the centre: n / (1 + 2 Σ (1 - k/n) r_k), at most n. Lags are summed
 * while neighbouring pairs of them add up to more than zero (Geyer 1992, initial positive sequence), because far lags are noise.
 */
export function effectiveSampleSize(
  values: ArrayLike<number>,
  maxLag = Math.floor(values.length / 4),
): number {
  const n = values.length;
  return n / varianceInflation(autocorrelations(values, Math.min(maxLag, n - 1)), n);
}

/** 1 + 2 Σ (1 - k/n) r_k over the initial positive sequence, at least 1: never more values than were taken. */
function varianceInflation(lags: readonly number[], n: number): number {
  let inflation = 1;
  for (let lag = 1; lag <= lags.length; lag += 2) {
    const [first, second] = [lags[lag - 1] as number, lags[lag] ?? 0];
    if (first + second <= 0) break;
    inflation += 2 * (first * (1 - lag / n) + second * (1 - (lag + 1) / n));
  }
  return Math.max(1, inflation);
}
