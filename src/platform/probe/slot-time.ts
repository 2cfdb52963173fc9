import type { Clock } from '../clock.ts';
import type { Phases } from './types.ts';

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
