import { recordLatency } from '../../../core/load/latency-histogram.ts';
import type { ConnectionEvents, Exchange } from '../wire/types.ts';
import type { Engine } from './engine.ts';
import { dropLink, type Link, openUpTo, type Pool, settleSlots, waitingIn } from './pool.ts';
import { firstArrivalMs, firstVisitorMs, shiftVisitor } from './queues.ts';
import { beginWaiting, enter, flushDirty, makeRoom, serveWaiting } from './requests.ts';
import { failWith, land, receiveFailure, receiveResponse } from './responses.ts';
import type { Visitor } from './visitor.ts';

/** How often one request may meet a connection that the server had closed; a server that closes each is not waited for. */
const MAX_RETRIES = 2;

/** What the connections of one origin tell, and what is done about it. `engineOf` because both know each other. */
export function connectionEvents(engineOf: () => Engine): ConnectionEvents {
  const find = (engine: Engine, connection: Parameters<ConnectionEvents['onOpen']>[0]): Link | null => {
    for (const pool of engine.pools) {
      const link = pool.links.get(connection);
      if (link !== undefined) return link;
    }
    return null;
  };
  return {
    onOpen(connection, { connectMs, tlsMs }) {
      const engine = engineOf();
      const link = find(engine, connection);
      if (link === null) return;
      const nowMs = performance.now();
      engine.opened += 1;
      recordLatency(engine.connect, connectMs);
      if (tlsMs !== null) recordLatency(engine.tls, tlsMs);
      link.isOpen = true;
      link.pool.opening -= 1;
      settleSlots(link.pool, link, nowMs);
      serve(engine, link.pool, nowMs);
      openUpTo(link.pool, engine.wantedLinks, engine.budget, engine.events);
      makeRoom(engine, link.pool, nowMs);
    },
    onResponse(_connection, exchange, response, atMs) {
      receiveResponse(engineOf(), exchange, response, atMs);
    },
    onFailure(_connection, exchange, kind, detail, atMs) {
      receiveFailure(engineOf(), exchange, kind, detail, atMs);
    },
    onRetry(_connection, exchange, detail, atMs) {
      const engine = engineOf();
      retry(engine, exchange, true, detail, atMs);
      flushDirty(engine);
    },
    onClose(connection, { failure, detail, retry: broken }, atMs) {
      const engine = engineOf();
      const link = find(engine, connection);
      if (link === null) return;
      const { pool } = link;
      if (link.isOpen && !link.isEndKnown && pool.options.keepAlive) engine.closedByServer += 1;
      dropLink(link, engine.budget, atMs);
      for (const exchange of broken) retry(engine, exchange, pool.slotsOfOne > 1, detail, atMs);
      if (failure !== null) failFirstWaiting(engine, pool, failure, detail, atMs);
      for (const other of engine.pools) {
        if (waitingIn(other) > 0) makeRoom(engine, other, atMs);
      }
      serve(engine, pool, atMs);
    },
  };
}

/** Arrivals that were due before the slot became free come first. */
function serve(engine: Engine, pool: Pool, nowMs: number): void {
  serveWaiting(engine, pool, nowMs);
  if (engine.nextDueMs <= nowMs) engine.pump(nowMs);
  if (engine.dirty.length > 0) flushDirty(engine);
}

/** A server may close a connection just when we send on it: that is no error, but its time counts. */
function retry(
  engine: Engine,
  exchange: Exchange,
  isUntouched: boolean,
  detail: string,
  nowMs: number,
): void {
  const visitor = exchange as Visitor;
  const { link } = visitor;
  if (link === null) return;
  if (engine.isCut || visitor.retries >= MAX_RETRIES || !(isUntouched || visitor.step.idempotent)) {
    receiveFailure(engine, exchange, 'reset', detail, nowMs);
    return;
  }
  land(engine, visitor, link);
  visitor.retries += 1;
  settleSlots(link.pool, link, nowMs);
  enter(engine, visitor, link.pool, nowMs);
}

/** Each failed attempt to connect is the failure of one request: of the one that waits longest. */
function failFirstWaiting(
  engine: Engine,
  pool: Pool,
  kind: Parameters<typeof failWith>[2],
  detail: string,
  nowMs: number,
): void {
  if (waitingIn(pool) === 0) return;
  const isVisitor = firstVisitorMs(pool.visitors) <= firstArrivalMs(pool.arrivals);
  if (isVisitor) engine.waiting -= 1;
  const visitor = isVisitor ? shiftVisitor(pool.visitors) : beginWaiting(engine, pool);
  failWith(engine, visitor, kind, detail, nowMs);
  engine.stepEnded(visitor, kind, nowMs);
}
