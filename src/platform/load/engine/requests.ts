import { recordLatency } from '../../../core/load/latency-histogram.ts';
import type { Engine } from './engine.ts';
import {
  hasSlot,
  type Link,
  takeLink,
  openForWaiting,
  openUpTo,
  needsMore,
  ownDelay,
  type Pool,
  settleSlots,
  waitingIn,
  closeIdleElsewhere,
} from './pool.ts';
import {
  firstArrivalMs,
  firstVisitorMs,
  pushArrival,
  pushVisitor,
  shiftArrival,
  shiftVisitor,
} from './queues.ts';
import { recordCensored } from './meters.ts';
import { survives } from './ramp-down.ts';
import { nextTraceparent } from './tracer.ts';
import { newVisitor, stepOf, type Visitor } from './visitor.ts';

/** The way of a request from its intended time to its connection; `responses.ts` has the way back. */

/** A session of an open model: begins now if a slot is free, waits if there is room to, is dropped else. */
export function arrive(
  engine: Engine,
  intendedMs: number,
  number: number,
  scenario: number,
  nowMs: number,
): void {
  const visitor = takeVisitor(engine);
  engine.compiled.begin(visitor.session, number, scenario);
  engine.counts.asked += 1;
  const step = stepOf(visitor.session);
  const pool = engine.pools[step.origin]!;
  if (hasSlot(pool, nowMs)) {
    engine.counts.begun += 1;
    engine.live += 1;
    prepare(engine, visitor, intendedMs);
    visitor.lagMs = ownDelay(pool, intendedMs, nowMs);
    recordLatency(engine.meters[step.endpoint]!.lag, visitor.lagMs);
    transmit(engine, visitor, pool, nowMs);
    return;
  }
  engine.idleVisitors.push(visitor);
  if (engine.queued + engine.waiting >= engine.maxQueued) {
    engine.counts.dropped += 1;
    // It would have stood behind the first in the queue, who has waited this long and is not through.
    const firstMs = Math.min(intendedMs, firstArrivalMs(pool.arrivals), firstVisitorMs(pool.visitors));
    recordCensored(engine.meters[step.endpoint]!, nowMs - firstMs);
    return;
  }
  engine.queued += 1;
  pushArrival(pool.arrivals, intendedMs, ownDelay(pool, intendedMs, nowMs), number, scenario);
  makeRoom(engine, pool, nowMs);
}

/** The step of a session that has begun is due. */
export function beginRequest(engine: Engine, visitor: Visitor, intendedMs: number, nowMs: number): void {
  prepare(engine, visitor, intendedMs);
  const pool = engine.pools[visitor.step.origin]!;
  const isFree = hasSlot(pool, nowMs);
  visitor.lagMs = ownDelay(pool, intendedMs, nowMs);
  if (isFree || visitor.lagMs > 0) recordLatency(engine.meters[visitor.step.endpoint]!.lag, visitor.lagMs);
  enter(engine, visitor, pool, nowMs, isFree);
}

/** Sends the visitor's request, or lets it wait for a slot. */
export function enter(
  engine: Engine,
  visitor: Visitor,
  pool: Pool,
  nowMs: number,
  isFree = hasSlot(pool, nowMs),
): void {
  if (pool.links.size < engine.wantedLinks) openUpTo(pool, engine.wantedLinks, engine.budget, engine.events);
  if (isFree) {
    transmit(engine, visitor, pool, nowMs);
    return;
  }
  engine.waiting += 1;
  pushVisitor(pool.visitors, visitor);
  makeRoom(engine, pool, nowMs);
}

/** Gives free slots to who waits, in the order of their intended times. */
export function serveWaiting(engine: Engine, pool: Pool, nowMs: number): void {
  while (waitingIn(pool) > 0 && hasSlot(pool, nowMs)) {
    // During a pause no session begins, but those under way go on.
    const firstMs = engine.pauseEndsMs === Infinity ? firstArrivalMs(pool.arrivals) : Infinity;
    if (firstVisitorMs(pool.visitors) <= firstMs) {
      if (pool.visitors.length === 0) return;
      engine.waiting -= 1;
      transmit(engine, shiftVisitor(pool.visitors), pool, nowMs);
    } else if (survives(engine, pool.arrivals.number[pool.arrivals.head]!, nowMs)) {
      transmit(engine, beginWaiting(engine, pool), pool, nowMs);
    } else {
      dropWaiting(engine, pool, nowMs);
    }
  }
}

export function endPause(engine: Engine, nowMs: number): void {
  engine.pauseEndsMs = Infinity;
  for (const pool of engine.pools) serveWaiting(engine, pool, nowMs);
}

/** The first waiting arrival never begins; it has waited at least this long. */
export function dropWaiting(engine: Engine, { arrivals }: Pool, nowMs: number): void {
  const at = shiftArrival(arrivals);
  const visitor = takeVisitor(engine);
  engine.compiled.begin(visitor.session, arrivals.number[at]!, arrivals.scenario[at]);
  engine.idleVisitors.push(visitor);
  engine.queued -= 1;
  engine.counts.dropped += 1;
  const { endpoint } = stepOf(visitor.session);
  recordCensored(engine.meters[endpoint]!, nowMs - arrivals.intendedMs[at]! - arrivals.lagMs[at]!);
}

/** The first waiting arrival begins its session; requires that there is one. Its request is still to be sent. */
export function beginWaiting(engine: Engine, { arrivals }: Pool): Visitor {
  const at = shiftArrival(arrivals);
  const visitor = takeVisitor(engine);
  engine.compiled.begin(visitor.session, arrivals.number[at]!, arrivals.scenario[at]);
  engine.queued -= 1;
  engine.counts.begun += 1;
  engine.live += 1;
  prepare(engine, visitor, arrivals.intendedMs[at]!);
  visitor.lagMs = arrivals.lagMs[at]!;
  if (visitor.lagMs > 0) recordLatency(engine.meters[visitor.step.endpoint]!.lag, visitor.lagMs);
  return visitor;
}

/** Opens connections for those who wait; where idle ones of another origin hold the whole budget, one of them goes. */
export function makeRoom(engine: Engine, pool: Pool, nowMs: number): void {
  openForWaiting(pool, engine.budget, engine.events);
  if (needsMore(pool) && engine.budget.used >= engine.budget.cap) closeIdleElsewhere(engine.pools, nowMs);
}

/** A connection has become idle: if the budget is used up, another origin may need its place. */
export function offerElsewhere(engine: Engine, nowMs: number): void {
  if (engine.budget.used < engine.budget.cap) return;
  for (const pool of engine.pools) {
    if (waitingIn(pool) > 0) makeRoom(engine, pool, nowMs);
  }
}

/** Sends what the batch has written; a connection that is reading just now waits for its own end of that. */
export function flushDirty(engine: Engine): void {
  const { dirty } = engine;
  for (let index = 0; index < dirty.length; index += 1) {
    const link = dirty[index]!;
    link.isDirty = false;
    link.connection.flush();
  }
  dirty.length = 0;
}

export function takeVisitor(engine: Engine): Visitor {
  return engine.idleVisitors.pop() ?? newVisitor(engine.compiled);
}

function prepare(engine: Engine, visitor: Visitor, intendedMs: number): void {
  const step = stepOf(visitor.session);
  visitor.step = step;
  visitor.intendedMs = intendedMs;
  visitor.lagMs = 0;
  visitor.sentMs = Number.NaN;
  visitor.request = null;
  visitor.traceparent = nextTraceparent(engine.tracer);
  visitor.redirects = 0;
  visitor.retries = 0;
  visitor.bytesIn = 0;
  visitor.events = 0;
  visitor.headOnly = step.headOnly;
  // Traced requests also tell us Server-Timing; to look for it in every head would cost more than it says.
  visitor.wantsHead = step.wantsHead || visitor.traceparent !== null;
  visitor.wantsBody = step.wantsBody;
  visitor.onEvent = step.stream === null ? null : eventCounter(visitor);
  engine.meters[step.endpoint]!.sent += 1;
}

/** One closure for each step with server-sent events: there are few of them, and they are long. */
function eventCounter(visitor: Visitor): NonNullable<Visitor['onEvent']> {
  return () => {
    visitor.events += 1;
    const isEnough = visitor.events >= (visitor.step.stream?.events ?? 0);
    // What follows is cut off by us, not by the server.
    if (isEnough && visitor.link !== null && visitor.link.pool.slotsOfOne === 1)
      visitor.link.isEndKnown = true;
    return isEnough;
  };
}

/** Requires a slot. */
function transmit(engine: Engine, visitor: Visitor, pool: Pool, nowMs: number): void {
  const link = takeLink(pool);
  visitor.request ??= visitor.step.encode(visitor.session, visitor.traceparent);
  if (Number.isNaN(visitor.sentMs)) {
    const { stream, timeoutMs } = visitor.step;
    visitor.sentMs = nowMs;
    visitor.deadlineMs = nowMs + (stream === null ? timeoutMs : stream.maxMs);
  }
  engine.meters[visitor.step.endpoint]!.bytesOut += visitor.request.bytes;
  visitor.link = link;
  visitor.flight = engine.inFlight.push(visitor) - 1;
  link.inFlight += 1;
  pool.inFlight += 1;
  link.connection.send(visitor.request, visitor);
  settleSlots(pool, link, nowMs);
  if (pool.slotsOfOne > 1 && !link.isDirty) markDirty(engine, link);
}

function markDirty(engine: Engine, link: Link): void {
  link.isDirty = true;
  engine.dirty.push(link);
}
