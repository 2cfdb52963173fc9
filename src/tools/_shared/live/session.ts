import type { CoverageGap } from '../../../core/event.ts';

/** What every live command keeps between its ticks. */
export interface LiveSession {
  startedAtMs: number;
  gaps: CoverageGap[];
  missedSlots: number;
  /** Changes of state since it began. */
  changes: number;
  maintainedAtMs: number;
}

export function startLiveSession(nowMs: number): LiveSession {
  return { startedAtMs: nowMs, gaps: [], missedSlots: 0, changes: 0, maintainedAtMs: nowMs };
}
