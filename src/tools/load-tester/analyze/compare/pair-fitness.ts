import { latencyQuantile, mergeSparse } from '../../../../core/load/latency-histogram.ts';
import type { LoadTick } from '../../../../core/load/measure.ts';
import { percent } from '../../../../core/rounding.ts';
import { sumOf, spanMs } from '../merge.ts';

export interface PairFitness {
  /** Why nothing may be concluded; null when it may. */
  unfit: string | null;
  /** The generator was often late, on both sides alike: the verdict stands, and its figures are rougher than they could be. */
  late: string | null;
}

export interface PairFitnessLimits {
  maxLagMs: number;
  /** Percentage of the time. */
  maxBusy: number;
  /** Share a median may change by. */
  margin: number;
}

/**
 * Whether the generator could have made the verdict. Response times are without our own lateness, and pairs share what disturbs
 * them, so a machine that is late now and then costs precision and misleads nobody. It does when it is late as a rule, when its event
 * loop has no room, or when it was late on one side more than on the other by what could pass for a change.
 */
export function judgePairFitness(
  before: readonly LoadTick[],
  after: readonly LoadTick[],
  { maxLagMs, maxBusy, margin }: PairFitnessLimits,
): PairFitness {
  const all = [...before, ...after];
  const lag = histogramOf(all, 'lag');
  const p50 = latencyQuantile(lag, 0.5);
  const p99 = latencyQuantile(lag, 0.99);
  const busy = sumOf(all, (tick) => tick.busy * spanMs(tick)) / Math.max(1, sumOf(all, spanMs));
  const reasons: string[] = [];
  if (p50 !== null && p50 > maxLagMs)
    reasons.push(`half of all requests were sent ${p50.toFixed(1)} ms late`);
  if (busy * 100 > maxBusy)
    reasons.push(`the busiest worker's event loop worked ${percent(busy)} % of the time`);
  // Medians: a single pause of this machine is on one side by chance.
  const [lagBefore, lagAfter] = [medianLag(before), medianLag(after)];
  const median = latencyQuantile(histogramOf(all, 'response'), 0.5);
  if (lagBefore !== null && lagAfter !== null && median !== null) {
    const tilt = Math.abs(lagAfter - lagBefore);
    if (tilt > (margin / 2) * median && tilt > MIN_TILT_MS) {
      reasons.push(
        `requests were sent ${lagBefore.toFixed(1)} ms late before and ${lagAfter.toFixed(1)} ms after, as a rule, which a change could hide in`,
      );
    }
  }
  return {
    unfit: reasons.length === 0 ? null : `the generator itself was the limit: ${reasons.join('; ')}`,
    late:
      p99 !== null && p99 > maxLagMs
        ? `1 % of requests were sent ${p99.toFixed(1)} ms late or later by ourselves, on both sides alike`
        : null,
  };
}

const MIN_TILT_MS = 0.5;

function medianLag(ticks: readonly LoadTick[]): number | null {
  return latencyQuantile(histogramOf(ticks, 'lag'), 0.5);
}

function histogramOf(ticks: readonly LoadTick[], which: 'lag' | 'response') {
  return mergeSparse(ticks.flatMap(({ endpoints }) => endpoints.map((one) => one[which])));
}
