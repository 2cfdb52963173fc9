import type { Visitor } from './visitor.ts';

/** Open arrivals that found no free connection, first come first served; 28 bytes each. */
export interface ArrivalQueue {
  length: number;
  head: number;
  intendedMs: Float64Array;
  lagMs: Float64Array;
  number: Float64Array;
  scenario: Int32Array;
}

const FIRST_CAPACITY = 256;

export function createArrivalQueue(): ArrivalQueue {
  return {
    length: 0,
    head: 0,
    intendedMs: new Float64Array(FIRST_CAPACITY),
    lagMs: new Float64Array(FIRST_CAPACITY),
    number: new Float64Array(FIRST_CAPACITY),
    scenario: new Int32Array(FIRST_CAPACITY),
  };
}

export function pushArrival(
  queue: ArrivalQueue,
  intendedMs: number,
  lagMs: number,
  number: number,
  scenario: number,
): void {
  if (queue.length === queue.intendedMs.length) growArrivals(queue);
  const at = (queue.head + queue.length) & (queue.intendedMs.length - 1);
  queue.intendedMs[at] = intendedMs;
  queue.lagMs[at] = lagMs;
  queue.number[at] = number;
  queue.scenario[at] = scenario;
  queue.length += 1;
}

/** Takes the first one away; its values stay readable at the returned position until the next push. */
export function shiftArrival(queue: ArrivalQueue): number {
  const at = queue.head;
  queue.head = (at + 1) & (queue.intendedMs.length - 1);
  queue.length -= 1;
  return at;
}

/** Intended time of the first one; Infinity when nobody waits. */
export function firstArrivalMs(queue: ArrivalQueue): number {
  return queue.length === 0 ? Infinity : queue.intendedMs[queue.head]!;
}

function growArrivals(queue: ArrivalQueue): void {
  const { head } = queue;
  queue.intendedMs = unrolled(new Float64Array(queue.intendedMs.length * 2), queue.intendedMs, head);
  queue.lagMs = unrolled(new Float64Array(queue.lagMs.length * 2), queue.lagMs, head);
  queue.number = unrolled(new Float64Array(queue.number.length * 2), queue.number, head);
  queue.scenario = unrolled(new Int32Array(queue.scenario.length * 2), queue.scenario, head);
  queue.head = 0;
}

function unrolled<Values extends Float64Array | Int32Array>(
  larger: Values,
  ring: Values,
  head: number,
): Values {
  larger.set(ring.subarray(head), 0);
  larger.set(ring.subarray(0, head), ring.length - head);
  return larger;
}

/** Sessions under way whose next request found no free connection. There are never more than sessions. */
export interface VisitorQueue {
  length: number;
  head: number;
  ring: (Visitor | null)[];
}

export function createVisitorQueue(): VisitorQueue {
  return { length: 0, head: 0, ring: Array.from({ length: FIRST_CAPACITY }, () => null) };
}

export function pushVisitor(queue: VisitorQueue, visitor: Visitor): void {
  const { ring } = queue;
  if (queue.length === ring.length) {
    queue.ring = [...ring.slice(queue.head), ...ring.slice(0, queue.head), ...ring.map(() => null)];
    queue.head = 0;
  }
  queue.ring[(queue.head + queue.length) & (queue.ring.length - 1)] = visitor;
  queue.length += 1;
}

/** Requires that one waits. */
export function shiftVisitor(queue: VisitorQueue): Visitor {
  const visitor = queue.ring[queue.head]!;
  queue.ring[queue.head] = null;
  queue.head = (queue.head + 1) & (queue.ring.length - 1);
  queue.length -= 1;
  return visitor;
}

/** Intended time of the first one; Infinity when nobody waits. */
export function firstVisitorMs(queue: VisitorQueue): number {
  return queue.length === 0 ? Infinity : queue.ring[queue.head]!.intendedMs;
}
