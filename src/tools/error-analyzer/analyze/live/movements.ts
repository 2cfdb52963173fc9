import type { ErrorGroup, LogWindow, MinuteCounts } from '../model.ts';
import { countBetween, MINUTE_MS } from '../minutes.ts';

const NOW_MINUTES = 5;
const BEFORE_MINUTES = 55;

/** How a count goes now beside the hour: records a minute, of the last five minutes and of the 55 before. */
export interface Pace {
  nowPerMinute: number;
  /** Null where less than a minute was read before. */
  beforePerMinute: number | null;
}

export interface Movement extends Pace {
  group: ErrorGroup;
}

/** Errors of the last hour, the one that rises most first. The end of the window is now. */
export function movementsOf(window: LogWindow): Movement[] {
  const fromMinute = Math.floor(window.toMs / MINUTE_MS) - NOW_MINUTES - BEFORE_MINUTES;
  return window.groups
    .filter(({ isError, lastMs }) => isError && lastMs >= fromMinute * MINUTE_MS)
    .map((group) => ({ group, ...paceOf(group.minutes, window) }))
    .toSorted(
      (a, b) => riseOf(b) - riseOf(a) || b.nowPerMinute - a.nowPerMinute || b.group.count - a.group.count,
    );
}

export function paceOf(counts: MinuteCounts, window: Pick<LogWindow, 'toMs' | 'records'>): Pace {
  const nowFrom = Math.floor(window.toMs / MINUTE_MS) - NOW_MINUTES + 1;
  const firstRead = window.records[0]?.[0] ?? nowFrom;
  const beforeFrom = Math.max(nowFrom - BEFORE_MINUTES, firstRead);
  // The minute under way is only partly over.
  const minutesNow = window.toMs / MINUTE_MS - Math.max(nowFrom, firstRead);
  const beforeMinutes = nowFrom - beforeFrom;
  return {
    nowPerMinute: countBetween(counts, nowFrom, Number.POSITIVE_INFINITY) / Math.max(minutesNow, 1),
    beforePerMinute: beforeMinutes < 1 ? null : countBetween(counts, beforeFrom, nowFrom) / beforeMinutes,
  };
}

/** In deviations of a Poisson count, so that ten more of a rare error weigh more than ten more of a frequent one. */
function riseOf({ nowPerMinute, beforePerMinute }: Pace): number {
  const before = beforePerMinute ?? 0;
  return (nowPerMinute - before) / Math.sqrt(Math.max(before, 1 / (NOW_MINUTES + BEFORE_MINUTES)));
}
