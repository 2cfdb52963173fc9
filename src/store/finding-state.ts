import type { FindingState } from '../core/finding.ts';
import type { Mute } from './store.ts';

/** A finding's state as if nothing were muted; a mute lies over it. */
export type FoundState = Exclude<FindingState, 'muted'>;

/**
 * The state after a run found it. `sameRun`: the run is folded in again (its time is when the finding was last seen),
 * which changes nothing. The order is that in which runs are folded in, not that of a clock that may step back.
 */
export function stateWhenFound(before: FoundState | undefined, sameRun: boolean): FoundState {
  if (before === undefined) return 'new';
  if (before === 'resolved') return 'regressed';
  return sameRun ? before : 'ongoing';
}

/** What people see. A mute holds while the finding stands, also when it comes back; what is gone is resolved, muted or not. */
export function visibleState(state: FoundState, mute: Mute | undefined, nowMs: number): FindingState {
  const isMuted = mute !== undefined && (mute.untilMs === undefined || nowMs < mute.untilMs);
  return isMuted && state !== 'resolved' ? 'muted' : state;
}
