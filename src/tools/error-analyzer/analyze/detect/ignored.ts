import type { ErrorGroup, GroupHistory, MinuteCounts } from '../model.ts';
import type { Detection } from './types.ts';
import { HOUR_MS, MINUTE_MS } from '../minutes.ts';

/**
 * An ignored error is silent until its condition is met. 'expired': from now on it is judged like any other. The condition of a rate
 * gives a detection of its own, from the hour in which it was exceeded.
 */
export function judgeIgnored(
  group: ErrorGroup,
  { ignoredUntilMs, ignoredUntilPerHour, stateAtMs }: GroupHistory,
  nowMs: number,
): Detection | 'silent' | 'expired' {
  if (ignoredUntilMs !== null && nowMs >= ignoredUntilMs) return 'expired';
  if (ignoredUntilPerHour === null) return 'silent';
  const hour = firstHourAbove(group.minutes, ignoredUntilPerHour, stateAtMs ?? Number.NEGATIVE_INFINITY);
  if (hour === null) return 'silent';
  return {
    kind: 'escalating',
    group: group.id,
    sinceMs: hour.fromMs,
    untilMs: group.lastMs,
    count: hour.count,
    expected: ignoredUntilPerHour,
    pValue: null,
    confidence: 'proven',
    because: `ignored until more than ${ignoredUntilPerHour} an hour: ${hour.count} in the hour from ${new Date(hour.fromMs).toISOString()}`,
  };
}

/** The first sliding hour with more records than that. */
function firstHourAbove(
  minutes: MinuteCounts,
  limit: number,
  afterMs: number,
): { fromMs: number; count: number } | null {
  let start = 0;
  let sum = 0;
  for (const [minute, count] of minutes) {
    if (minute * MINUTE_MS < afterMs) {
      start += 1;
      continue;
    }
    sum += count;
    while ((minutes[start]?.[0] ?? minute) <= minute - HOUR_MS / MINUTE_MS) {
      sum -= minutes[start]?.[1] ?? 0;
      start += 1;
    }
    if (sum > limit) return { fromMs: (minutes[start]?.[0] ?? minute) * MINUTE_MS, count: sum };
  }
  return null;
}
