import { counted } from '../../../../core/counted.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { ErrorGroup, GroupHistory } from '../model.ts';
import {
  LIKELY_PAST_MS,
  LIKELY_SIGHTINGS,
  MIN_PAST_MS,
  PROVEN_PAST_MS,
  PROVEN_SIGHTINGS,
} from './thresholds.ts';
import type { Detection, DetectInput } from './types.ts';

/**
 * An error without a sighting before the window, under its own id or one that was merged into it. How sure that is depends on how far
 * back reading reaches: after an hour everything that happens once a day is unseen.
 */
export function findNewcomer(group: ErrorGroup, input: DetectInput): Detection | null {
  const { history, historyFromMs, window } = input;
  if (historyFromMs === null || !group.isError) return null;
  const ids = [group.id, ...group.merged.map(({ id }) => id)];
  if (ids.some((id) => wasSeenBefore(history.get(id), window.fromMs))) return null;
  const pastMs = group.firstMs - historyFromMs;
  if (pastMs < MIN_PAST_MS) return null;
  return {
    kind: 'new',
    group: group.id,
    sinceMs: group.firstMs,
    untilMs: group.lastMs,
    count: group.count,
    expected: null,
    pValue: null,
    confidence: confidenceOf(group, pastMs),
    because: `seen ${counted(group.count, 'time')} since ${new Date(group.firstMs).toISOString()}, never in the ${formatDuration(pastMs)} that were read before`,
  };
}

function wasSeenBefore(known: GroupHistory | undefined, fromMs: number): boolean {
  return known !== undefined && known.firstSeenMs < fromMs;
}

function confidenceOf({ count, level }: ErrorGroup, pastMs: number): Detection['confidence'] {
  if (pastMs >= PROVEN_PAST_MS && count >= PROVEN_SIGHTINGS) return 'proven';
  const isEnough = count >= LIKELY_SIGHTINGS || level === 'fatal';
  return pastMs >= LIKELY_PAST_MS && isEnough ? 'likely' : 'possible';
}
