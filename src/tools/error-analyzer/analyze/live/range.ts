import type { WindowRange } from '../segments/weights.ts';
import { HOUR_MS } from '../minutes.ts';

const WINDOW_MS = 24 * HOUR_MS;
/** Of files by themselves only they say what is old. */
const FILES_MS = 7 * 24 * HOUR_MS;

/** What a live command looks at. From a full hour on, as what is known of before is by the hour: between the two nothing is missed. */
export function liveRange(nowMs: number): WindowRange {
  return { fromMs: beginOfHour(nowMs - WINDOW_MS), toMs: nowMs + 1 };
}

/** ... of files by themselves: as far back as they reach, and up to their newest record where nobody writes to them any more. */
export function liveRangeOfFiles(nowMs: number, span: WindowRange | null): WindowRange {
  if (span === null) return liveRange(nowMs);
  const toMs = span.toMs < nowMs - HOUR_MS ? span.toMs : nowMs + 1;
  return { fromMs: Math.max(span.fromMs, beginOfHour(toMs - FILES_MS)), toMs };
}

function beginOfHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

export function lastHour({ toMs }: Pick<WindowRange, 'toMs'>): WindowRange {
  return { fromMs: toMs - HOUR_MS, toMs };
}
