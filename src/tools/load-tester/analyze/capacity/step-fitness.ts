import { latencyQuantile, mergeSparse } from '../../../../core/load/latency-histogram.ts';
import type { LoadTick } from '../../../../core/load/measure.ts';
import { percent } from '../../../../core/rounding.ts';
import { spanMs, sumOf } from '../merge.ts';
import type { CapacityObjective } from './types.ts';

/** Share of the objective from which our own lateness could pass for the server's slowness. */
const LAG_SHARE = 0.1;
const BEGUN_SHARE = 0.95;

/**
 * Why the generator may have broken a step; null when it was fit. Response times are without our own lateness, so that matters once it
 * is of the size of the objective, when the rate was not made at all, or when there was no room in the event loop to read in time.
 */
export function stepUnfitness(
  window: readonly LoadTick[],
  rate: number,
  { objective, maxBusy }: { objective: CapacityObjective; maxBusy: number },
): string | null {
  if (window.length === 0) return null;
  const lag = mergeSparse(window.flatMap(({ endpoints }) => endpoints.map((one) => one.lag)));
  const p95 = latencyQuantile(lag, 0.95);
  const spans = sumOf(window, spanMs);
  const busy = sumOf(window, (tick) => tick.busy * spanMs(tick)) / spans;
  const asked = sumOf(window, ({ sessions }) => sessions.asked);
  const planned = (rate * spans) / 1_000;
  const paused = window.some(({ pausedUntilMs }) => pausedUntilMs !== null);
  const reasons: string[] = [];
  if (p95 !== null && p95 > LAG_SHARE * objective.p95Ms) {
    reasons.push(`5 % of requests were sent ${p95.toFixed(1)} ms late or later by ourselves`);
  }
  if (busy * 100 > maxBusy) {
    reasons.push(`the busiest worker's event loop worked ${percent(busy)} % of the time`);
  }
  if (!paused && asked < BEGUN_SHARE * planned - 2) {
    reasons.push(`only ${asked} of ${Math.round(planned)} arrivals were made`);
  }
  return reasons.length === 0 ? null : `the generator itself was the limit: ${reasons.join('; ')}`;
}
