import type { Engine } from './engine.ts';
import { closeLink } from './pool.ts';
import { firstArrivalMs, shiftArrival, shiftVisitor } from './queues.ts';
import { cancelRequest } from './responses.ts';
import { recordCensored } from './meters.ts';
import { popThought } from './think-heap.ts';
import { stepOf, type Visitor } from './visitor.ts';

/** No request begins any more: who waits or thinks ends now, what is under way may end. Nothing that was asked for is forgotten. */
export function cut(engine: Engine, nowMs: number): void {
  engine.isCut = true;
  for (const pool of engine.pools) {
    while (pool.arrivals.length > 0) dropArrival(engine, pool.origin, nowMs);
    while (pool.visitors.length > 0) {
      engine.waiting -= 1;
      cancelAndEnd(engine, shiftVisitor(pool.visitors), nowMs);
    }
  }
  while (engine.thoughts.length > 0) {
    const visitor = popThought(engine.thoughts);
    if (!visitor.isResting) end(engine);
  }
}

/** What is still under way is given up. */
export function cancelAll(engine: Engine, nowMs: number): void {
  while (engine.inFlight.length > 0) cancelAndEnd(engine, engine.inFlight.at(-1)!, nowMs);
}

export function closeAll(engine: Engine, nowMs: number): void {
  for (const pool of engine.pools) {
    for (const link of pool.links.values()) closeLink(link, nowMs);
  }
}

function cancelAndEnd(engine: Engine, visitor: Visitor, nowMs: number): void {
  cancelRequest(engine, visitor, nowMs);
  end(engine);
}

function end(engine: Engine): void {
  engine.counts.ended += 1;
  engine.live -= 1;
}

/** It waited this long and never began. */
function dropArrival(engine: Engine, origin: number, nowMs: number): void {
  const { arrivals } = engine.pools[origin]!;
  const waitedMs = nowMs - firstArrivalMs(arrivals);
  const at = shiftArrival(arrivals);
  const session = engine.compiled.newSession();
  engine.compiled.begin(session, arrivals.number[at]!, arrivals.scenario[at]);
  engine.queued -= 1;
  engine.counts.dropped += 1;
  recordCensored(engine.meters[stepOf(session).endpoint]!, waitedMs - arrivals.lagMs[at]!);
}
