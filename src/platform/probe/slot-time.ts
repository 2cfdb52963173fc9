import type { Clock } from '../clock.ts';
import { DeadlineExceeded } from './deadline.ts';
import { classifyFailure } from './failure.ts';
import { unmeasured } from './outcome.ts';
import type { Phases, ProbeOutcome } from './types.ts';
import { sanitizeText } from './untrusted-text.ts';

export interface SlotTime {
  /** null for a probe without a slot. */
  queueMs: number | null;
  /** What is left of the deadline, which begins with the slot. */
  leftMs: number;
}

/** How much of its deadline a probe spent in our own queue. */
export function timeInQueue(
  timeoutMs: number,
  { clock, intendedAtMonotonicMs }: { clock: Clock; intendedAtMonotonicMs?: number },
): SlotTime {
  if (intendedAtMonotonicMs === undefined) return { queueMs: null, leftMs: timeoutMs };
  const queueMs = Math.max(0, clock.monotonicMs() - intendedAtMonotonicMs);
  return { queueMs, leftMs: Math.max(0, timeoutMs - queueMs) };
}

/** The outcome when the deadline passed before anything was sent: that is no word about the target. */
export function tooLate(slot: SlotTime): ProbeOutcome {
  const failure = classifyFailure(new DeadlineExceeded('deadline exceeded'), 'queue');
  return afterQueue(slot, unmeasured(failure, sanitizeText));
}

/** The measurement with its time in the queue before it. */
export function afterQueue<T extends { phases: Phases; totalMs: number }>(
  { queueMs }: SlotTime,
  measured: T,
): T {
  if (queueMs === null) return measured;
  return {
    ...measured,
    phases: { ...measured.phases, queue: queueMs },
    totalMs: measured.totalMs + queueMs,
  };
}
