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
  const spent = new Map<PhaseName, number>();
  let current: PhaseName | null = null;
  let lastMs = startMs;

  function closeCurrent(): void {
    if (current === null) return;
    const nowMs = Math.max(lastMs, clock.monotonicMs());
    spent.set(current, (spent.get(current) ?? 0) + (nowMs - lastMs));
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
    result: () => ({
      phases: phasesFrom((phase) => spent.get(phase) ?? null),
      totalMs: lastMs - startMs,
    }),
  };
}

export const NO_PHASES: Phases = phasesFrom(() => null);

/** Adds up each phase; null only where no part had it. */
export function sumPhases(parts: readonly Phases[]): Phases {
  return phasesFrom((phase) => {
    const measured = parts.map((part) => part[phase]).filter((value) => value !== null);
    return measured.length === 0 ? null : measured.reduce((sum, value) => sum + value, 0);
  });
}

function phasesFrom(value: (phase: PhaseName) => number | null): Phases {
  return Object.fromEntries(PHASE_NAMES.map((phase) => [phase, value(phase)])) as unknown as Phases;
}
