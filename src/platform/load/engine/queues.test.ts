import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePlan } from '../session/compile-plan.ts';
import { atOnce } from '../../../core/load/plan-fixture.ts';
import { planOf } from './test-support/plan.ts';
import {
  createArrivalQueue,
  createVisitorQueue,
  firstArrivalMs,
  firstVisitorMs,
  pushArrival,
  pushVisitor,
  shiftArrival,
  shiftVisitor,
} from './queues.ts';
import { createThinkHeap, nextThoughtMs, popThought, pushThought } from './think-heap.ts';
import { newVisitor, type Visitor } from './visitor.ts';

const compiled = compilePlan(planOf([80], { model: atOnce(1) }), () => ({ bytes: 0 }), { variables: {} });

function visitorAt(intendedMs: number): Visitor {
  const visitor = newVisitor(compiled);
  visitor.intendedMs = intendedMs;
  return visitor;
}

/** How many come, and how many then go, again and again. */
const turns = fc.array(fc.tuple(fc.nat(700), fc.nat(700)), { maxLength: 8 });

describe('queues', () => {
  it('give back in order what was put in, however often they go round and grow', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        const arrivals = createArrivalQueue();
        const visitors = createVisitorQueue();
        let [next, expected] = [0, 0];
        for (const [coming, going] of steps) {
          for (let count = 0; count < coming; count += 1, next += 1) {
            pushArrival(arrivals, next, next / 2, next * 3, next % 5);
            pushVisitor(visitors, visitorAt(next));
          }
          for (let count = 0; count < going && expected < next; count += 1, expected += 1) {
            expect(firstArrivalMs(arrivals)).toBe(expected);
            expect(firstVisitorMs(visitors)).toBe(expected);
            const at = shiftArrival(arrivals);
            expect([arrivals.lagMs[at], arrivals.number[at], arrivals.scenario[at]]).toEqual([
              expected / 2,
              expected * 3,
              expected % 5,
            ]);
            expect(shiftVisitor(visitors).intendedMs).toBe(expected);
          }
        }
        expect(arrivals.length).toBe(next - expected);
        expect(visitors.length).toBe(next - expected);
      }),
      { numRuns: 25 },
    );
  });

  it('are Infinity away when nobody waits', () => {
    expect(firstArrivalMs(createArrivalQueue())).toBe(Infinity);
    expect(firstVisitorMs(createVisitorQueue())).toBe(Infinity);
    expect(nextThoughtMs(createThinkHeap())).toBe(Infinity);
  });
});

describe('who thinks', () => {
  it('is woken in the order of due times, whatever comes meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 800 }), fc.nat(50), (times, popEvery) => {
        const heap = createThinkHeap();
        const waiting: number[] = [];
        const wake = (): void => {
          const dueMs = nextThoughtMs(heap);
          expect(popThought(heap).intendedMs).toBe(dueMs);
          expect(dueMs).toBe(Math.min(...waiting));
          waiting.splice(waiting.indexOf(dueMs), 1);
        };
        for (const [index, ms] of times.entries()) {
          pushThought(heap, ms, visitorAt(ms));
          waiting.push(ms);
          if (index % (popEvery + 2) === 0) wake();
        }
        while (waiting.length > 0) wake();
        expect(heap.length).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});
