import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlotScheduler, type SlotPlan } from './slot-scheduler.ts';

interface Start {
  id: string;
  intendedAtMs: number;
}

const INTERVAL_MS = 20_000;
/** A slot counts as due when its millisecond has begun. */
const EARLINESS_MS = 1;

function thousandPlans(): SlotPlan[] {
  return Array.from({ length: 1_000 }, (_, index) => ({ id: `GET /m/${index}`, intervalMs: INTERVAL_MS }));
}

/** Wakes at every due time until `untilMs`; every probe has ended at once unless `hung` says otherwise. */
function simulate(
  plans: readonly SlotPlan[],
  start: { wallMs: number; monotonicMs: number },
  untilMs: number,
  hung: (id: string) => boolean = () => false,
): { starts: Start[]; missed: number } {
  const scheduler = createSlotScheduler(plans, start);
  const starts: Start[] = [];
  let nowMs = start.monotonicMs;
  while (nowMs < untilMs) {
    scheduler.run(nowMs, (monitor, intendedAtMs) => {
      const id = plans[monitor]?.id ?? '';
      starts.push({ id, intendedAtMs });
      return true;
    });
    for (const [monitor, plan] of plans.entries()) if (!hung(plan.id)) scheduler.finished(monitor);
    nowMs = scheduler.nextDueMs() ?? untilMs;
  }
  return { starts, missed: scheduler.takeMissed() };
}

function firstSlots(wallMs: number): Map<string, number> {
  const { starts } = simulate(thousandPlans(), { wallMs, monotonicMs: 0 }, INTERVAL_MS);
  return new Map(starts.map(({ id, intendedAtMs }) => [id, wallMs + intendedAtMs]));
}

describe('slot scheduler', () => {
  it('checks all of a thousand monitors once within one interval, spread over it', () => {
    const { starts, missed } = simulate(
      thousandPlans(),
      { wallMs: 1_790_000_123_456, monotonicMs: 77 },
      20_077,
    );

    expect(new Set(starts.map((start) => start.id)).size).toBe(1_000);
    // Beyond these only the few that were met at the start, within its grace, and come again at their own slot.
    expect(starts.length).toBeLessThan(1_010);
    expect(missed).toBe(0);
    const perSecond = new Map<number, number>();
    for (const { intendedAtMs } of starts) {
      const second = Math.floor((intendedAtMs - 77) / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(perSecond.size).toBe(20);
    // 50 expected; 100 would be seven standard deviations away.
    expect(Math.max(...perSecond.values())).toBeLessThan(100);
  });

  it('does not drift in 10,000 slots, not by a rounding error', () => {
    const plan = { id: 'GET /drift', intervalMs: 1_000.1 };
    const { starts } = simulate([plan], { wallMs: 1_790_000_000_000, monotonicMs: 0.3 }, 10_001_100);

    expect(starts.length).toBeGreaterThanOrEqual(10_000);
    const first = starts[0]?.intendedAtMs ?? Number.NaN;
    const worstMs = Math.max(
      ...starts.map(({ intendedAtMs }, index) => Math.abs(intendedAtMs - (first + index * plan.intervalMs))),
    );
    expect(worstMs).toBeLessThan(1e-6);
  });

  it('keeps every slot where it was after a restart', () => {
    const before = firstSlots(1_790_000_000_000);
    const after = firstSlots(1_790_000_000_000 + 3_600_000 + 4_321);
    for (const [id, slotMs] of before) {
      const movedMs = ((after.get(id) ?? Number.NaN) - slotMs) % INTERVAL_MS;
      // A slot within the grace of the start is met at the start.
      expect(movedMs <= 50 || movedMs >= INTERVAL_MS - 50, `${id} moved by ${movedMs} ms`).toBe(true);
    }
    expect(
      [...before].filter(([id, slotMs]) => ((after.get(id) ?? 0) - slotMs) % INTERVAL_MS === 0).length,
    ).toBeGreaterThan(950);
  });

  it('counts what a stop of 90 s cost and never catches up', () => {
    const plans = thousandPlans();
    const scheduler = createSlotScheduler(plans, { wallMs: 1_790_000_000_000, monotonicMs: 0 });
    const resumedAtMs = 90_000;
    let startedAtResume = 0;
    scheduler.run(resumedAtMs, () => {
      startedAtResume += 1;
      return true;
    });

    // 50 slots a second: those of the last quarter of a second are still met, all others are missed.
    expect(startedAtResume).toBeLessThan(40);
    const due = 4_500;
    expect(scheduler.takeMissed() + startedAtResume).toBeGreaterThan(due - 100);
    expect(scheduler.takeMissed()).toBe(0);
    expect(scheduler.nextDueMs()).toBeGreaterThan(resumedAtMs);
  });

  it('gives the others their slots while 200 of 1,000 never end, and those none', () => {
    const plans = thousandPlans();
    const isHung = (id: string): boolean => Number(id.slice('GET /m/'.length)) < 200;
    const start = { wallMs: 1_790_000_000_000, monotonicMs: 0 };
    const calm = simulate(plans, start, 60_000);
    const withHung = simulate(plans, start, 60_000, isHung);

    const innocent = ({ id }: Start): boolean => !isHung(id);
    expect(withHung.starts.filter(innocent)).toEqual(calm.starts.filter(innocent));
    expect(withHung.starts.filter((slot) => isHung(slot.id))).toHaveLength(200);
    expect(withHung.starts.length + withHung.missed).toBe(calm.starts.length);
  });

  it('accounts for every slot as started or missed, whenever it is woken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 5_000 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 2_000_000_000 }),
        (intervals, pauses, wallMs) => {
          const plans = intervals.map((intervalMs, index) => ({ id: `m${index}`, intervalMs }));
          const scheduler = createSlotScheduler(plans, { wallMs, monotonicMs: 0 });
          const first = new Map<number, number>();
          let started = 0;
          let missed = 0;
          let nowMs = 0;
          const slotsOf = (monitor: number): number[] => {
            const firstMs = first.get(monitor) ?? Number.NaN;
            const intervalMs = plans[monitor]?.intervalMs ?? Number.NaN;
            return Array.from(
              { length: Math.floor((nowMs + EARLINESS_MS - firstMs) / intervalMs) + 1 },
              (_, slot) => firstMs + slot * intervalMs,
            );
          };
          for (const [monitor, plan] of plans.entries()) {
            const alone = createSlotScheduler([plan], { wallMs, monotonicMs: 0 });
            first.set(monitor, alone.nextDueMs() ?? Number.NaN);
          }
          for (const pauseMs of pauses) {
            nowMs += pauseMs;
            const thisTime = new Set<number>();
            scheduler.run(nowMs, (monitor, intendedAtMs) => {
              expect(intendedAtMs).toBeLessThanOrEqual(nowMs);
              expect(thisTime.has(monitor)).toBe(false);
              thisTime.add(monitor);
              started += 1;
              return true;
            });
            for (const monitor of thisTime) scheduler.finished(monitor);
            missed += scheduler.takeMissed();
          }
          const due = plans.reduce((sum, _, monitor) => sum + slotsOf(monitor).length, 0);
          expect(started + missed).toBe(due);
        },
      ),
    );
  });

  it('refuses an interval that no time fits into', () => {
    expect(() => createSlotScheduler([{ id: 'a', intervalMs: 0 }], { wallMs: 0, monotonicMs: 0 })).toThrow(
      RangeError,
    );
  });
});
