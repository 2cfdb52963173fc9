/** How a worker is woken at an intended time; see `choose.ts` for which is used when. */
export type PacingKind = 'metronome' | 'spin' | 'batch';

export interface PacingClock {
  readonly kind: PacingKind;
  /** Calls back at this moment (performance.now()) or soon after it; sooner too, if it was armed for a sooner one before. Infinity: no need. */
  arm(dueMs: number): void;
  /** Share of the time since the last question that the thread had work, where the event loop cannot say it itself; else null. */
  takeBusy(): number | null;
  close(): void;
}

/** `onReady` is called once, later: from then on it wakes in time. */
export type CreatePacingClock = (onDue: () => void, onReady: () => void) => PacingClock;
