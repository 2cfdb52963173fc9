import type { ErrorGroup, GroupHistory, LogWindow, MinuteCounts } from '../model.ts';
import type { Detection, DetectInput } from './types.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../minutes.ts';

/** Noon of a Wednesday: end of all windows of these tests. */
export const NOON = Date.UTC(2026, 5, 10, 12);
export const FROM = NOON - 6 * HOUR_MS;
const MINUTE = FROM / MINUTE_MS;
export const FIVE_WEEKS_MS = 35 * DAY_MS;

export const THRESHOLDS = { falseDiscoveryRate: 0.01, spikeFactor: 3, spikeCount: 10, disappearedCount: 48 };

/** Counts by minute of the window. */
export function minutesOf(perMinute: (minute: number) => number): MinuteCounts {
  return Array.from({ length: 360 }, (_, minute) => [MINUTE + minute, perMinute(minute)] as const).filter(
    ([, count]) => count > 0,
  );
}

export function groupOf(id: string, minutes: MinuteCounts, more: Partial<ErrorGroup> = {}): ErrorGroup {
  return {
    id,
    kind: 'message',
    title: id,
    culprit: null,
    level: 'error',
    isError: true,
    count: minutes.reduce((sum, [, count]) => sum + count, 0),
    firstMs: (minutes[0]?.[0] ?? MINUTE) * MINUTE_MS,
    lastMs: (minutes.at(-1)?.[0] ?? MINUTE) * MINUTE_MS + 30_000,
    minutes,
    users: null,
    hosts: null,
    requests: null,
    fields: [],
    samples: [],
    releases: [],
    merged: [],
    ...more,
  };
}

/** Five weeks in which it had this many records in each hour. */
export function historyOf(
  id: string,
  perHour: (hour: number) => number,
  more: Partial<GroupHistory> = {},
): GroupHistory {
  const end = FROM / HOUR_MS;
  const hours = Array.from({ length: 35 * 24 }, (_, index) => end - 35 * 24 + index)
    .map((hour) => [hour, perHour(hour)] as const)
    .filter(([, count]) => count > 0);
  return {
    id,
    firstSeenMs: FROM - FIVE_WEEKS_MS,
    lastSeenMs: FROM - 1,
    total: hours.reduce((sum, [, count]) => sum + count, 0),
    state: 'open',
    stateAtMs: null,
    resolvedIn: null,
    ignoredUntilMs: null,
    ignoredUntilPerHour: null,
    releases: [],
    hours,
    ...more,
  };
}

export function windowOf(groups: readonly ErrorGroup[], more: Partial<LogWindow> = {}): LogWindow {
  const errors = minutesOf((minute) =>
    groups.reduce((sum, { minutes }) => sum + (minutes.find(([at]) => at === MINUTE + minute)?.[1] ?? 0), 0),
  );
  return {
    fromMs: FROM,
    toMs: NOON,
    records: minutesOf(() => 1_000),
    errors,
    groups,
    attributes: [],
    traces: [],
    blindMinutes: [],
    ...more,
  };
}

export function inputOf(
  groups: readonly ErrorGroup[],
  history: readonly GroupHistory[],
  more: Partial<DetectInput> = {},
): DetectInput {
  return {
    window: windowOf(groups),
    history: new Map(history.map((known) => [known.id, known])),
    historyFromMs: FROM - FIVE_WEEKS_MS,
    recordHours: [],
    releases: [],
    thresholds: THRESHOLDS,
    ...more,
  };
}

export function detectionOf(group: string, more: Partial<Detection> = {}): Detection {
  return {
    kind: 'spiking',
    group,
    sinceMs: NOON - HOUR_MS,
    untilMs: null,
    count: 100,
    expected: 1,
    pValue: 1e-9,
    confidence: 'likely',
    because: '100 within 5m, 1 expected',
    ...more,
  };
}
