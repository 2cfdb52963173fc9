import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BURN_RULES,
  burnRate,
  burnSeverity,
  DEFAULT_OBJECTIVE,
  errorBudget,
  evaluateBurn,
  intervalSupport,
  type Objective,
  type OutcomeBucket,
  outcomesOf,
} from './slo.ts';

const MINUTE = 60_000;
const DAY_SLOTS = 24 * 60;
const MONTH_SLOTS = 30 * DAY_SLOTS;

function monthOf(isBad: (slot: number) => boolean): OutcomeBucket[] {
  return Array.from({ length: MONTH_SLOTS }, (_, slot) => ({
    startMs: slot * MINUTE,
    bucketMs: MINUTE,
    good: isBad(slot) ? 0 : 1,
    bad: isBad(slot) ? 1 : 0,
  }));
}

/** Evaluates after every slot; each entry is a slot in which the severity, or a worse one, began to fire. */
function replay(
  objective: Objective,
  buckets: readonly OutcomeBucket[],
): { pages: number[]; tickets: number[] } {
  const outcomes = outcomesOf(buckets);
  const begun = { pages: [] as number[], tickets: [] as number[] };
  let before = { page: false, ticket: false };
  for (let slot = 0; slot < MONTH_SLOTS; slot += 1) {
    const states = evaluateBurn(objective, outcomes, (slot + 1) * MINUTE).filter(({ firing }) => firing);
    const now = {
      page: states.some(({ rule }) => rule.severity === 'page'),
      ticket: states.some(({ rule }) => rule.severity === 'ticket'),
    };
    if (now.page && !before.page) begun.pages.push(slot);
    if (now.ticket && !before.ticket) begun.tickets.push(slot);
    before = now;
  }
  return begun;
}

const OUTAGE_AT = 10 * DAY_SLOTS + 333;
const isOutage = (slot: number): boolean => slot >= OUTAGE_AT && slot < OUTAGE_AT + 14;
/** 40 over 30 days, one every 18 hours. */
const isLoneFailure = (slot: number): boolean => slot % 1_080 === 540;
/** One probe in a hundred, for the last eight days. */
const isSlowBurn = (slot: number): boolean => slot >= 22 * DAY_SLOTS && slot % 100 === 7;

describe('30 days at 60 s with an outage of 14 minutes, a slow burn of 1 % and 40 lone failures', () => {
  // 1 % burns a 99.5 % budget at twice the allowed rate: worth a ticket, no reason to wake anyone.
  const objective: Objective = { ...DEFAULT_OBJECTIVE, target: 0.995 };

  it('pages once, for the outage, within 5 minutes, and files tickets for the burn', () => {
    const all = monthOf((slot) => isOutage(slot) || isLoneFailure(slot) || isSlowBurn(slot));
    const { pages, tickets } = replay(objective, all);
    expect(pages).toHaveLength(1);
    expect(pages[0]! - OUTAGE_AT + 1).toBeLessThanOrEqual(5);
    expect(tickets.some((slot) => slot >= 22 * DAY_SLOTS)).toBe(true);
    expect(tickets.every((slot) => slot >= OUTAGE_AT)).toBe(true);
  });

  it.each([0.995, 0.999])('says nothing about lone failures at %d', (target) => {
    expect(replay({ ...objective, target }, monthOf(isLoneFailure))).toEqual({ pages: [], tickets: [] });
  });

  it('files tickets for the burn alone and does not page', () => {
    const { pages, tickets } = replay(objective, monthOf(isSlowBurn));
    expect(pages).toEqual([]);
    expect(tickets.length).toBeGreaterThan(0);
  });

  it('pages at 99.9 % within 5 minutes too; one failure in 100 minutes burns ten times too fast there and is a ticket', () => {
    expect(replay(DEFAULT_OBJECTIVE, monthOf(isOutage)).pages.map((slot) => slot - OUTAGE_AT + 1)).toEqual([
      3,
    ]);
    const burn = evaluateBurn(DEFAULT_OBJECTIVE, outcomesOf(monthOf(isSlowBurn)), MONTH_SLOTS * MINUTE);
    expect(burn[1]?.longRate).toBeGreaterThan(6);
    const { pages, tickets } = replay(DEFAULT_OBJECTIVE, monthOf(isSlowBurn));
    expect(pages).toEqual([]);
    expect(tickets.length).toBeGreaterThan(0);
  });

  it('does not page again for a lone failure in the hours after an outage', () => {
    const later = OUTAGE_AT + 5 * 60;
    const { pages } = replay(
      objective,
      monthOf((slot) => isOutage(slot) || slot === later),
    );
    expect(pages).toHaveLength(1);
  });
});

describe('burn rate', () => {
  it('is the bad share over the allowed share, and unknown when nothing was seen', () => {
    expect(burnRate(DEFAULT_OBJECTIVE, { good: 99, bad: 1 })).toBeCloseTo(10, 9);
    expect(burnRate(DEFAULT_OBJECTIVE, { good: 0, bad: 0 })).toBeNull();
    const states = evaluateBurn(DEFAULT_OBJECTIVE, outcomesOf([]), 0);
    expect(states.map(({ firing, longRate }) => [firing, longRate])).toEqual(
      BURN_RULES.map(() => [false, null]),
    );
    expect(burnSeverity(states)).toBeNull();
  });

  it('fires neither on two failures nor on an outage that is over', () => {
    const at = (bad: readonly number[], nowSlot: number): string | null => {
      const buckets = monthOf((slot) => bad.includes(slot)).slice(0, nowSlot);
      return burnSeverity(evaluateBurn(DEFAULT_OBJECTIVE, outcomesOf(buckets), nowSlot * MINUTE));
    };
    expect(at([9_998, 9_999], 10_000)).toBeNull();
    expect(at([9_997, 9_998, 9_999], 10_000)).toBe('page');
    expect(at([9_955, 9_956, 9_957], 10_000)).not.toBe('page');
  });
});

describe('error budget', () => {
  it('counts what was spent of what the probes seen allow', () => {
    const outcomes = outcomesOf(monthOf(isOutage));
    const budget = errorBudget(DEFAULT_OBJECTIVE, outcomes, MONTH_SLOTS * MINUTE);
    expect(budget.total).toBeCloseTo(43.2, 9);
    expect(budget.spent).toBe(14);
    expect(budget.remainingShare).toBeCloseTo(1 - 14 / 43.2, 9);
    expect(budget.availability).toBeCloseTo(1 - 14 / 43_200, 12);
  });

  it('is unknown, not full, when nothing was seen', () => {
    const budget = errorBudget(DEFAULT_OBJECTIVE, outcomesOf([]), 0);
    expect([budget.availability, budget.remainingShare]).toEqual([null, null]);
  });

  it('adds up the same however the buckets are ordered and the range is cut', () => {
    const bucket = fc.record({
      startMs: fc.integer({ min: 0, max: 1_000 }),
      bucketMs: fc.constant(1),
      good: fc.nat(9),
      bad: fc.nat(9),
    });
    const range = fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000));
    fc.assert(
      fc.property(fc.array(bucket), range, (buckets, cuts) => {
        const [from, cut, to] = cuts.toSorted((a, b) => a - b) as [number, number, number];
        const outcomes = outcomesOf(buckets);
        const [left, right, whole] = [outcomes(from, cut), outcomes(cut, to), outcomes(from, to)];
        expect(left.bad + right.bad).toBe(whole.bad);
        expect(left.good + right.good).toBe(whole.good);
        const inside = buckets.filter(({ startMs }) => startMs >= from && startMs < to);
        expect(whole.bad).toBe(inside.reduce((sum, { bad }) => sum + bad, 0));
      }),
    );
  });
});

describe('interval support', () => {
  it.each([
    [0.999, 10_000, true, 6],
    [0.999, 20_000, true, 3],
    [0.999, 60_000, true, 3],
    [0.999, 300_000, false, 3],
    [0.9999, 60_000, false, 3],
    [0.9999, 20_000, true, 3],
    [0.99, 60_000, true, 9],
  ])('%d at %d ms: %s, %d failures page', (target, intervalMs, supported, failuresToPage) => {
    const support = intervalSupport({ ...DEFAULT_OBJECTIVE, target }, intervalMs);
    expect(support).toMatchObject({ supported, failuresToPage, pageAfterMs: failuresToPage * intervalMs });
    expect(support.reason === null).toBe(supported);
  });
});
