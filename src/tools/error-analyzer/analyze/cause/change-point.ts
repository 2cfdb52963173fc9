import { findRateChange, type RateChange } from '../../../../core/statistics/rate-change.ts';
import type { Incident } from '../detect/types.ts';
import type { ErrorGroup, LogWindow } from '../model.ts';
import { clampTime, countBetween, denseCounts, MINUTE_MS, minuteOf } from '../minutes.ts';
import type { CauseAnalysis } from './types.ts';

export type ChangePoint = NonNullable<CauseAnalysis['changePoint']>;

/** Minutes before the incident that say what was usual; more would mix in other times of the day. */
const USUAL_MINUTES = 360;
/** Minutes of the incident that are looked at. */
const LOOK_MINUTES = 60;
const SHORTEST_LOOK_MINUTES = 10;
/** A detector tells an incident late or, for rare errors, early: how far the change may be from what it said, in minutes. */
const EARLIER_MINUTES = 60;
const LATER_MINUTES = 15;
/** ln of a likelihood ratio: e^5 is 150 to 1. The detector has said that something changed; only where is asked here. */
const CLEAR = 5;

/** When the rate of the incident's groups changed; null where minutes show no change. `groups`: those of the incident that the window has. */
export function findChangePoint(
  incident: Incident,
  groups: readonly ErrorGroup[],
  window: LogWindow,
): ChangePoint | null {
  const falls = incident.detections.every(({ kind }) => kind === 'disappeared');
  const begun = minuteOf(incident.fromMs);
  const from = Math.max(minuteOf(window.fromMs), begun - USUAL_MINUTES);
  const to = Math.min(
    Math.ceil(window.toMs / MINUTE_MS),
    begun + LOOK_MINUTES,
    Math.max(minuteOf(incident.toMs) + 1, begun + SHORTEST_LOOK_MINUTES),
  );
  const exposure = new Uint8Array(Math.max(0, to - from)).fill(1);
  for (const blind of window.blindMinutes) exposure[blind - from] = 0;
  const change = findRateChange(
    groups.map(({ minutes }) => ({ counts: denseCounts(minutes, from, to) })),
    {
      direction: falls ? 'fall' : 'rise',
      from: begun - EARLIER_MINUTES - from,
      to: begun + LATER_MINUTES - from,
      exposure,
    },
  );
  if (change === null || change.logLikelihoodRatio < CLEAR) return null;
  return withinMinutes(change, { groups, falls, from, to });
}

interface Span {
  groups: readonly ErrorGroup[];
  falls: boolean;
  /** Epoch minute of slot 0, and that after the last. */
  from: number;
  to: number;
}

/**
 * From slots to time. A change in the middle of a minute leaves that minute with a part of the new rate, so the truth may lie up to one minute
 * before the first slot; how far, the counts of both minutes say. What was never there before cannot have begun after its first record.
 */
function withinMinutes(change: RateChange, { groups, falls, from, to }: Span): ChangePoint {
  const at = from + change.at;
  let fromMs = (from + change.low - 1) * MINUTE_MS;
  let toMs = (from + change.high + 1) * MINUTE_MS;
  const sum = (first: number, end: number): number =>
    groups.reduce((total, { minutes }) => total + countBetween(minutes, first, end), 0);
  const before = sum(from, at - 1) / Math.max(1, change.at - 1);
  const after = sum(at + 1, to) / Math.max(1, to - at - 1);
  const newPart = after === before ? 0 : (sum(at - 1, at + 1) - 2 * before) / (after - before);
  let atMs = clampTime((at + 1 - newPart) * MINUTE_MS, fromMs, toMs);
  const firstMs = Math.min(...groups.map((group) => group.firstMs));
  if (!falls && sum(from, from + change.low) === 0 && firstMs >= fromMs) {
    toMs = Math.min(toMs, firstMs);
    atMs = Math.min(atMs, firstMs);
    fromMs = Math.min(fromMs, toMs);
  }
  return { atMs: Math.round(atMs), fromMs, toMs };
}
