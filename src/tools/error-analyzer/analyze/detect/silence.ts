import { negativeBinomialZero } from '../../../../core/statistics/count-tails.ts';
import type { ErrorGroup } from '../model.ts';
import type { Expectation, TrafficRatio } from './expectation.ts';
import { type SeenMinutes, seenBetween } from './minutes.ts';
import { MIN_SILENCE_MINUTES, MINUTES_A_DAY } from './thresholds.ts';
import { MINUTE_MS } from '../minutes.ts';

/** A steady group without a record from a minute to the end of what was read. */
export interface Silence {
  from: number;
  to: number;
  mean: number;
  perDay: number;
  pValue: number;
}

/**
 * Silence since the last record of a group, beside what would have been usual meanwhile; less traffic explains fewer errors. null for a
 * group that is not steady, 'heard' for one that is and is not silent for long.
 */
export function findSilence(
  { lastMs }: Pick<ErrorGroup, 'lastMs'>,
  seen: SeenMinutes,
  expectation: Expectation,
  traffic: TrafficRatio,
  perDayLimit: number,
): Silence | 'heard' | null {
  const from = Math.floor(lastMs / MINUTE_MS) + 1;
  const perDay = perDayOf(expectation, seen);
  if (perDay < perDayLimit) return null;
  if (seenBetween(seen, from, seen.to) < MIN_SILENCE_MINUTES) return 'heard';
  const mean = expectation.mean(from, seen.to) * Math.min(1, traffic(from, seen.to));
  const pValue = negativeBinomialZero(mean, expectation.size(from, seen.to, mean));
  return { from, to: seen.to, mean, perDay, pValue };
}

function perDayOf(expectation: Expectation, seen: SeenMinutes): number {
  const minutes = seenBetween(seen, seen.from, seen.to);
  return minutes === 0 ? 0 : (expectation.mean(seen.from, seen.to) * MINUTES_A_DAY) / minutes;
}
