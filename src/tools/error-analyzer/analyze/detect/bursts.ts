import { negativeBinomialUpperTail } from '../../../../core/statistics/count-tails.ts';
import type { Expectation } from './expectation.ts';
import { countBetween, firstAtOrAfter, type MinuteSeries } from './minutes.ts';
import { BURST_GAP_MINUTES, MAX_BURSTS } from './thresholds.ts';

/** A span in which a group has far more records than usual. Minutes; `to` is exclusive. */
export interface Burst {
  from: number;
  to: number;
  count: number;
  mean: number;
  /** Smallest of its spans, not yet adjusted for how many were looked at. */
  pValue: number;
}

export interface BurstLimits {
  /** Lengths of the spans, in minutes. */
  lengths: readonly number[];
  factor: number;
  count: number;
  /** Spans with a larger p-value are no part of a burst. */
  pValue: number;
}

interface Hit {
  from: number;
  to: number;
  pValue: number;
}

/** Spans of the given lengths that end in a minute with records, beyond what is usual; those close together are one burst. Newest first. */
export function findBursts(counts: MinuteSeries, expectation: Expectation, limits: BurstLimits): Burst[] {
  const hits: Hit[] = [];
  for (const length of limits.lengths) addHits(hits, counts, expectation, limits, length);
  hits.sort((a, b) => a.from - b.from || a.to - b.to);
  const bursts: Hit[] = [];
  for (const hit of hits) {
    const last = bursts.at(-1);
    if (last !== undefined && hit.from <= last.to + BURST_GAP_MINUTES) {
      last.to = Math.max(last.to, hit.to);
      last.pValue = Math.min(last.pValue, hit.pValue);
    } else {
      bursts.push({ ...hit });
    }
  }
  return bursts
    .slice(-MAX_BURSTS)
    .toReversed()
    .map(({ from, to, pValue }) => {
      const onset = onsetWithin(counts, expectation, from, to);
      const count = countBetween(counts, onset, to);
      return { from: onset, to, count, mean: expectation.mean(onset, to), pValue };
    });
}

function addHits(
  hits: Hit[],
  { minutes, sums }: MinuteSeries,
  expectation: Expectation,
  limits: BurstLimits,
  length: number,
): void {
  let first = 0;
  for (let last = 0; last < minutes.length; last += 1) {
    const to = minutes[last]![0] + 1;
    while (minutes[first]![0] < to - length) first += 1;
    const count = sums[last + 1]! - sums[first]!;
    if (count < limits.count || count < limits.factor * expectation.least(to - length, to)) continue;
    const mean = expectation.mean(to - length, to);
    if (count < limits.factor * mean) continue;
    const pValue = negativeBinomialUpperTail(count, mean, expectation.size(to - length, to, mean));
    if (pValue <= limits.pValue) hits.push({ from: to - length, to, pValue });
  }
}

/** The minute from which the likelihood of a changed rate is largest: what is usual before it is no part of the burst. */
function onsetWithin(counts: MinuteSeries, expectation: Expectation, from: number, to: number): number {
  const { minutes } = counts;
  let best = from;
  let bestGain = Number.NEGATIVE_INFINITY;
  for (let index = firstAtOrAfter(minutes, from); index < minutes.length; index += 1) {
    const minute = minutes[index]![0];
    if (minute >= to) break;
    const count = countBetween(counts, minute, to);
    const mean = Math.max(expectation.mean(minute, to), 1e-9);
    const gain = count > mean ? count * Math.log(count / mean) - (count - mean) : 0;
    if (gain > bestGain) {
      best = minute;
      bestGain = gain;
    }
  }
  return best;
}
