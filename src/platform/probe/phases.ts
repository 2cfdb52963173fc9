import type { Clock } from '../clock.ts';
import { PHASE_NAMES, type PhaseName, type Phases } from './types.ts';

/**
 * Splits one span of monotonic time into consecutive phases. Every phase begins where the one before it ended, so
 * that their sum is the total by construction; a phase that was never entered stays null.
 */
export interface PhaseRecorder {
  /** Where we are now: it decides what a timeout means. */
  readonly current: PhaseName | null;
  enter(phase: PhaseName): void;
  /** Ends the current phase; later calls change nothing. */
  finish(): void;
  result(): { phases: Phases; totalMs: number };
  /** End of the last finished phase, where the next span begins. */
  readonly endMs: number;
}

/** The first phase entered begins at `startMs`. */
export function recordPhases(clock: Clock, startMs = clock.monotonicMs()): PhaseRecorder {
  const phases: Record<PhaseName, number | null> = { ...NO_PHASES };
  let current: PhaseName | null = null;
  let lastMs = startMs;

  function closeCurrent(): void {
    if (current === null) return;
    const nowMs = Math.max(lastMs, clock.monotonicMs());
    phases[current] = (phases[current] ?? 0) + (nowMs - lastMs);
    lastMs = nowMs;
    current = null;
  }

  return {
    get current() {
      return current;
    },
    get endMs() {
      return lastMs;
    },
    enter(phase) {
      if (current === phase) return;
      closeCurrent();
      current = phase;
    },
    finish: closeCurrent,
    result: () => ({ phases: { ...phases }, totalMs: lastMs - startMs }),
  };
}

export const NO_PHASES: Phases = {
  queue: null,
  dns: null,
  connect: null,
  tls: null,
  request: null,
  ttfb: null,
  transfer: null,
};

/** Adds up each phase; null only where no part had it. */
export function sumPhases(parts: readonly Phases[]): Phases {
  const sum: Record<PhaseName, number | null> = { ...NO_PHASES };
  for (const part of parts) {
    for (const phase of PHASE_NAMES) {
      const spentMs = part[phase];
      if (spentMs !== null) sum[phase] = (sum[phase] ?? 0) + spentMs;
    }
  }
  return sum;
}
