import type { ErrorGroup, LogWindow } from './model.ts';
import { MINUTE_MS } from './minutes.ts';

const MIN_QUIET_MS = 60_000;
const MAX_QUIET_MS = 24 * 3_600_000;
/** At a rate that would give three records, none has a chance of e^-3 = 5 %. */
const EXPECTED = 3;

/** How long an error must not be seen before it is likely gone, from its rate while it was there. */
export function quietTimeMs({
  count,
  firstMs,
  lastMs,
}: Pick<ErrorGroup, 'count' | 'firstMs' | 'lastMs'>): number {
  if (count < 2) return MAX_QUIET_MS;
  const meanGapMs = (lastMs - firstMs) / (count - 1);
  return Math.min(MAX_QUIET_MS, Math.max(MIN_QUIET_MS, EXPECTED * meanGapMs));
}

export type QuietVerdict = 'gone' | 'stands' | 'unknown';

/** Whether a group is gone: not one record of it for so long, while logs went on. */
export function quietVerdict(
  window: LogWindow,
  group: Pick<ErrorGroup, 'lastMs'> | undefined,
  { quietMs, nowMs }: { quietMs: number; nowMs: number },
): QuietVerdict {
  const fromMs = nowMs - quietMs;
  if (group !== undefined && group.lastMs >= fromMs) return 'stands';
  const isAlive = window.records.some(([minute]) => (minute + 1) * MINUTE_MS > fromMs);
  return isAlive ? 'gone' : 'unknown';
}
