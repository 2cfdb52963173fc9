import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentSlot, nextSlot, slotOffsetMs, slotsMissed } from './slots.ts';

const interval = fc.integer({ min: 1, max: 86_400_000 });
const wallMs = fc.integer({ min: 0, max: 4e12 });

describe('slots', () => {
  it('spreads 1,000 monitors evenly over the interval', () => {
    const perTenth = Array.from({ length: 10 }, () => 0);
    for (let monitor = 0; monitor < 1_000; monitor += 1) {
      perTenth[Math.floor(slotOffsetMs(`shop GET /api/${monitor}`, 20_000) / 2_000)]! += 1;
    }
    expect(Math.min(...perTenth)).toBeGreaterThan(60);
    expect(Math.max(...perTenth)).toBeLessThan(140);
  });

  it('gives a monitor the same offset in every process', () => {
    expect(slotOffsetMs('shop GET /api/products', 20_000)).toBe(
      slotOffsetMs('shop GET /api/products', 20_000),
    );
    expect(slotOffsetMs('a', 20_000)).not.toBe(slotOffsetMs('b', 20_000));
  });

  it('puts now between the current and the next slot, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.string(), interval, wallMs, (monitor, intervalMs, nowMs) => {
        const offsetMs = slotOffsetMs(monitor, intervalMs);
        const current = currentSlot(nowMs, intervalMs, offsetMs);
        const next = nextSlot(nowMs, intervalMs, offsetMs);
        expect(current.atMs).toBeLessThanOrEqual(nowMs);
        expect(next.atMs).toBeGreaterThan(nowMs);
        expect(next.atMs - current.atMs).toBe(intervalMs);
        expect(nextSlot(current.atMs, intervalMs, offsetMs)).toEqual(next);
        expect(current.atMs).toBe(offsetMs + current.index * intervalMs);
      }),
    );
  });

  it('counts what was missed and not what is due', () => {
    expect(slotsMissed(0, 0, 20)).toBe(0);
    expect(slotsMissed(0, 19, 20)).toBe(0);
    expect(slotsMissed(0, 25, 20)).toBe(0);
    expect(slotsMissed(0, 40, 20)).toBe(1);
    expect(slotsMissed(0, 95, 20)).toBe(3);
    expect(slotsMissed(100, 20, 20)).toBe(0);
  });
});
