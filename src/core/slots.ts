import { fingerprintOf } from './fingerprint.ts';

/**
 * Slot n of a monitor is at offset + n * interval after the epoch, and the offset is a hash of the monitor. So load spreads
 * without a start ramp, slots do not drift, and they are the same after a restart.
 */
export interface Slot {
  index: number;
  /** Wall clock, epoch milliseconds. */
  atMs: number;
}

/** From 0 to `intervalMs` - 1, the same in every process. */
export function slotOffsetMs(monitorId: string, intervalMs: number): number {
  // 48 bits of the hash: the largest whole number of bytes a double holds exactly.
  return Number.parseInt(fingerprintOf([monitorId]).slice(0, 12), 16) % intervalMs;
}

/** The slot that is running: the newest one not in the future. */
export function currentSlot(nowMs: number, intervalMs: number, offsetMs: number): Slot {
  const index = Math.floor((nowMs - offsetMs) / intervalMs);
  return { index, atMs: offsetMs + index * intervalMs };
}

/** The first slot strictly after now. */
export function nextSlot(nowMs: number, intervalMs: number, offsetMs: number): Slot {
  const { index, atMs } = currentSlot(nowMs, intervalMs, offsetMs);
  return { index: index + 1, atMs: atMs + intervalMs };
}

/**
 * Slots that went by without a check since the last one that was served; the slot that is running now is due, not missed.
 * They are recorded, never caught up. 0 when the clock was set back.
 */
export function slotsMissed(lastSlotMs: number, nowMs: number, intervalMs: number): number {
  return Math.max(0, Math.floor((nowMs - lastSlotMs) / intervalMs) - 1);
}
