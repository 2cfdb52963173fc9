import type { MinuteCounts } from '../../../src/tools/error-analyzer/analyze/model.ts';
import type { Stream } from './watched-day.ts';

/** The two rules that are set up most often, per error: a fixed number in five minutes, and mean + 3 sigma of the last day. */

const SPAN_MINUTES = 5;
const DAY_MINUTES = 1_440;
/** An alert of the same error within an hour is the same one. */
const REARM_MINUTES = 60;
const SIGMAS = 3;
/** Without a least number every second record of a rare error is an alert. */
const MIN_COUNT = 5;

export interface GroupAlert {
  at: number;
  group: string;
}

export function thresholdAlerts(streams: readonly Stream[], limit: number): GroupAlert[] {
  return alertsOf(streams, (sum) => sum > limit);
}

/** The smallest limit with at most one alert a day. */
export function thresholdForQuiet(streams: readonly Stream[], days: number): number {
  let low = 1;
  let high = 10_000;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (thresholdAlerts(streams, middle).length <= days) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Over the spans of the last 24 hours; before there are that many, over all there were. */
export function sigmaAlerts(streams: readonly Stream[]): GroupAlert[] {
  return alertsOf(streams, (sum, { spans, total, squares }) => {
    if (sum < MIN_COUNT || spans === 0) return false;
    const mean = total / spans;
    return sum > mean + SIGMAS * Math.sqrt(Math.max(0, squares / spans - mean * mean));
  });
}

interface LastDay {
  spans: number;
  total: number;
  squares: number;
}

function alertsOf(
  streams: readonly Stream[],
  fires: (sum: number, lastDay: LastDay) => boolean,
): GroupAlert[] {
  const alerts: GroupAlert[] = [];
  for (const { id, minutes, firstMinute, length } of streams) {
    const sums = slidingSums(minutes, firstMinute, length);
    const lastDay = { spans: 0, total: 0, squares: 0 };
    let lastAlert = Number.NEGATIVE_INFINITY;
    for (let minute = 0; minute < length; minute += 1) {
      // Two spans back, so that what is judged is not part of its own yardstick.
      addTo(lastDay, sums[minute - SPAN_MINUTES], 1);
      addTo(lastDay, sums[minute - SPAN_MINUTES - DAY_MINUTES], -1);
      if (!fires(sums[minute]!, lastDay)) continue;
      if (minute - lastAlert > REARM_MINUTES) alerts.push({ at: minute, group: id });
      lastAlert = minute;
    }
  }
  return alerts.sort((a, b) => a.at - b.at);
}

function addTo(lastDay: LastDay, sum: number | undefined, sign: number): void {
  if (sum === undefined) return;
  lastDay.spans += sign;
  lastDay.total += sign * sum;
  lastDay.squares += sign * sum * sum;
}

function slidingSums(minutes: MinuteCounts, firstMinute: number, length: number): Float64Array {
  const sums = new Float64Array(length);
  for (const [minute, count] of minutes) {
    for (let later = 0; later < SPAN_MINUTES; later += 1) {
      const at = minute - firstMinute + later;
      if (at >= 0 && at < length) sums[at]! += count;
    }
  }
  return sums;
}
