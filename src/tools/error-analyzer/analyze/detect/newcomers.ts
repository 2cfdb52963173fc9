import { counted } from '../../../../core/counted.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { ErrorGroup, GroupHistory } from '../model.ts';
import {
  CHANCE_OF_ABSENCE,
  LIKELY_PAST_MS,
  LIKELY_SIGHTINGS,
  MIN_PAST_MS,
  MIN_PAST_OF_STEADY_MS,
  PROVEN_PAST_MS,
  PROVEN_SIGHTINGS,
} from './thresholds.ts';
import type { Detection, DetectInput } from './types.ts';
import { HOUR_MS } from '../minutes.ts';

/**
 * An error without a sighting before the window, under its own id or one that was merged into it. How sure that is depends on how far
 * back reading reaches: after an hour everything that happens once a day is unseen.
 */
export function findNewcomer(group: ErrorGroup, input: DetectInput): Detection | null {
  const { history, historyFromMs, window } = input;
  if (historyFromMs === null || !group.isError) return null;
  const ids = [group.id, ...group.merged.map(({ id }) => id)];
  if (ids.some((id) => wasSeenBefore(history.get(id), window.fromMs))) return null;
  const pastMs = readBefore(group, input, historyFromMs);
  const isSteady = chanceOfAbsence(group, pastMs, window.toMs) < CHANCE_OF_ABSENCE;
  if (pastMs < (isSteady ? MIN_PAST_OF_STEADY_MS : MIN_PAST_MS)) return null;
  return {
    kind: 'new',
    group: group.id,
    sinceMs: group.firstMs,
    untilMs: group.lastMs,
    count: group.count,
    expected: null,
    pValue: null,
    confidence: confidenceOf(group, pastMs, isSteady),
    because: `seen ${counted(group.count, 'time')} since ${new Date(group.firstMs).toISOString()}, never in the ${formatDuration(pastMs)} that were read before`,
  };
}

/** Time that was read before its first record. Whoever looks once a week at a day has read a day a week. */
function readBefore(
  { firstMs }: ErrorGroup,
  { window, recordHours }: DetectInput,
  historyFromMs: number,
): number {
  const spanMs = firstMs - historyFromMs;
  return recordHours.length === 0
    ? spanMs
    : Math.min(spanMs, recordHours.length * HOUR_MS + Math.max(0, firstMs - window.fromMs));
}

function wasSeenBefore(known: GroupHistory | undefined, fromMs: number): boolean {
  return known !== undefined && known.firstSeenMs < fromMs;
}

/** Of all its records falling behind its first sighting, had it been as frequent before. */
function chanceOfAbsence({ count, firstMs }: ErrorGroup, pastMs: number, nowMs: number): number {
  const sinceMs = Math.max(nowMs - firstMs, 1);
  return (sinceMs / (sinceMs + Math.max(pastMs, 0))) ** Math.max(count - 1, 0);
}

/** What happens at certain hours only is steady in them, so that alone proves nothing. */
function confidenceOf(
  { count, level }: ErrorGroup,
  pastMs: number,
  isSteady: boolean,
): Detection['confidence'] {
  if (pastMs >= PROVEN_PAST_MS && count >= PROVEN_SIGHTINGS) return 'proven';
  const isEnough = count >= LIKELY_SIGHTINGS || level === 'fatal';
  if (pastMs >= LIKELY_PAST_MS && isEnough) return 'likely';
  return isSteady && pastMs >= MIN_PAST_MS ? 'likely' : 'possible';
}
