import type { Engine } from './engine.ts';
import { closeLink } from './pool.ts';
import { shiftVisitor } from './queues.ts';
import { dropWaiting } from './requests.ts';
import { cancelRequest } from './responses.ts';
import { popThought } from './think-heap.ts';
import type { Visitor } from './visitor.ts';

/** No request begins any more: who waits or thinks ends now, what is under way may end. Nothing that was asked for is forgotten. */
export function cut(engine: Engine, nowMs: number): void {
  engine.isCut = true;
  for (const pool of engine.pools) {
    while (pool.arrivals.length > 0) dropWaiting(engine, pool, nowMs);
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
