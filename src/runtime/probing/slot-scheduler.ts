import { currentSlot, slotOffsetMs } from '../../core/slots.ts';
import { createDueHeap } from './due-heap.ts';

export interface SlotScheduler {
  /** Monotonic time of the earliest slot still to come; undefined without monitors. */
  nextDueMs(): number | undefined;
  /** Calls `start` for every slot that is due, earliest first, and passes over those it is too late for. */
  run(nowMs: number, start: StartProbe): void;
  /** The probe of this monitor has ended. */
  finished(monitor: number): void;
  /** Slots passed over since the last call. */
  takeMissed(): number;
}

/** Answers whether a probe was started; one that was must be reported to `finished`. */
export type StartProbe = (monitor: number, intendedAtMonotonicMs: number) => boolean;

export interface SlotPlan {
  id: string;
  intervalMs: number;
}

/**
 * A slot met later than this is given up. Its sample would be suspect (it measures our delay), and after a
 * pause all the slots that waited would start at once.
 */
const LATENESS_LIMIT_MS = 250;

/** Timers count whole milliseconds. Met this early, a slot costs no queue time; met late, it would cost one on average. */
const EARLINESS_MS = 1;

/** A slot that passed this short before the start is met at the start, so that the first round takes one interval at most. */
const START_GRACE_MS = 50;

/**
 * Gives every monitor its slots: slot n = epoch + hash(id) mod interval + n * interval, which spreads the load
 * and is the same after a restart. The wall clock is read once, by the caller, as `start`; from then on the slots
 * lie on the monotonic clock, so neither rounding nor a clock step moves them.
 *
 * At most one probe of a monitor is in flight, and a probe ends before its monitor's next slot; no more probes than
 * monitors are in flight, and a target that hangs cannot take a slot from another.
 */
export function createSlotScheduler(
  plans: readonly SlotPlan[],
  start: { wallMs: number; monotonicMs: number },
): SlotScheduler {
  if (!plans.every((plan) => plan.intervalMs > 0)) throw new RangeError('an interval must be positive');
  const firstSlotMs = plans.map((plan) => start.monotonicMs + untilFirstSlotMs(plan, start.wallMs));
  const heap = createDueHeap(firstSlotMs);
  const slotIndex = new Float64Array(plans.length);
  const inFlight = new Uint8Array(plans.length);
  let missed = 0;

  /** From the first slot and a count, never from the slot before: a running sum would gather rounding errors. */
  function advanceFirst(monitor: number, intervalMs: number, slots: number): void {
    const index = (slotIndex[monitor] ?? 0) + slots;
    slotIndex[monitor] = index;
    heap.postponeFirst((firstSlotMs[monitor] ?? 0) + index * intervalMs);
  }

  return {
    nextDueMs() {
      const monitor = heap.first();
      return monitor === undefined ? undefined : heap.dueMs(monitor);
    },
    run(nowMs, startProbe) {
      for (let monitor = heap.first(); monitor !== undefined; monitor = heap.first()) {
        const dueMs = heap.dueMs(monitor);
        const latenessMs = nowMs - dueMs;
        if (latenessMs < -EARLINESS_MS) return;
        const intervalMs = plans[monitor]?.intervalMs ?? Number.POSITIVE_INFINITY;
        const tooLate = slotsTooLate(latenessMs, intervalMs);
        if (tooLate > 0) {
          missed += tooLate;
          advanceFirst(monitor, intervalMs, tooLate);
          continue;
        }
        advanceFirst(monitor, intervalMs, 1);
        const intendedAtMs = Math.min(nowMs, Math.max(dueMs, start.monotonicMs));
        const started = inFlight[monitor] === 0 && startProbe(monitor, intendedAtMs);
        if (started) inFlight[monitor] = 1;
        else missed += 1;
      }
    },
    finished(monitor) {
      inFlight[monitor] = 0;
    },
    takeMissed() {
      const count = missed;
      missed = 0;
      return count;
    },
  };
}

/** How many slots of a monitor, counted from the one that is late, lie further back than the limit. */
function slotsTooLate(latenessMs: number, intervalMs: number): number {
  const limitMs = Math.min(LATENESS_LIMIT_MS, intervalMs);
  return latenessMs <= limitMs ? 0 : Math.floor((latenessMs - limitMs) / intervalMs) + 1;
}

/** From a wall time to the monitor's next slot; down to -START_GRACE_MS for one that has just passed. */
function untilFirstSlotMs({ id, intervalMs }: SlotPlan, wallMs: number): number {
  const sinceSlotMs = wallMs - currentSlot(wallMs, intervalMs, slotOffsetMs(id, intervalMs)).atMs;
  return sinceSlotMs <= Math.min(START_GRACE_MS, intervalMs / 4) ? -sinceSlotMs : intervalMs - sinceSlotMs;
}
