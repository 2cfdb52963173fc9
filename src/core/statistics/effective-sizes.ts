import { autocorrelations } from './autocorrelation.ts';
import type { EffectiveSizes } from './rank-test.ts';

/** Further apart than this, correlation in samples of a few hundred is noise. */
const MAX_LAG = 10;

/**
 * How many independent values the two samples are worth, each in time order. The short sample after a deployment cannot show its
 * own correlation well (at n = 60 the estimate is off by 0.13), so both share one estimate, unless one of them is
 * clearly more correlated than that: a baseline taken over hours, then a burst.
 */
export function effectiveSizes(before: ArrayLike<number>, after: ArrayLike<number>): EffectiveSizes {
  const lags = { before: lagsOf(before), after: lagsOf(after) };
  const total = before.length + after.length;
  const shared = lags.before.map(
    (_, lag) => ((lags.before[lag] ?? 0) * before.length + (lags.after[lag] ?? 0) * after.length) / total,
  );
  const size = (own: readonly number[], n: number): number => {
    const standsOut = (own[0] ?? 0) - (shared[0] ?? 0) > 1.645 / Math.sqrt(n);
    return n / (standsOut ? inflationOf(own, n) : inflationOf(shared, total));
  };
  return { before: size(lags.before, before.length), after: size(lags.after, after.length) };
}

/**
 * By how much correlation inflates the variance of the centre. (1 + r) / (1 - r) is right for a first-order process and steady
 * with few values; where correlation lasts longer than that, the sum over the lags that stand out of the noise is larger.
 */
function inflationOf(lags: readonly number[], n: number): number {
  const first = Math.min(0.95, Math.max(0, lags[0] ?? 0));
  let lasting = 1;
  for (const lag of lags) {
    if (lag < 2 / Math.sqrt(n)) break;
    lasting += 2 * lag;
  }
  return Math.max((1 + first) / (1 - first), lasting);
}

function lagsOf(values: ArrayLike<number>): number[] {
  return values.length < 2 ? Array.from({ length: MAX_LAG }, () => 0) : autocorrelations(values, MAX_LAG);
}
