import type { ConnectionEvents, ConnectOptions, LoadConnection, WireProtocol } from '../wire/types.ts';
import { type ArrivalQueue, createArrivalQueue, createVisitorQueue, type VisitorQueue } from './queues.ts';

/** A connection, and what its pool knows of it. */
export interface Link {
  readonly connection: LoadConnection;
  readonly pool: Pool;
  isOpen: boolean;
  /** Its end is no news: we close it ourselves, or a failed request has told of it. */
  isEndKnown: boolean;
  isClosing: boolean;
  /** Position among the available ones; -1. */
  place: number;
  /** Requests under way on it. */
  inFlight: number;
  /** Something may wait for its flush. */
  isDirty: boolean;
}

/** All connections of a worker together. */
export interface ConnectionBudget {
  used: number;
  cap: number;
}

/**
 * The connections to one origin, and who waits for one. A slot is a free connection of HTTP/1.1 or a free stream of HTTP/2.
 * Slots are given to who waits first, so a free slot means that nobody waits.
 */
export interface Pool {
  readonly origin: number;
  readonly protocol: WireProtocol;
  readonly options: ConnectOptions;
  /** Requests that a new connection will take at once, as far as one can know. */
  readonly slotsOfOne: number;
  /**
   * Open models take the connection that was used last, as clients do, so that no more are held than are needed; users of a closed
   * model have a connection each, and connections with many streams share the load: both take turns.
   */
  readonly takesTurns: boolean;
  readonly links: Map<LoadConnection, Link>;
  opening: number;
  /** Closed by us, but still to be told of. */
  closing: number;
  readonly available: Link[];
  turn: number;
  /**
   * The one whose request has just ended takes the next, unless it has more than its share (the first connection of HTTP/2 that
   * opens takes all who wait): so what follows the responses of one read leaves in one write.
   */
  preferred: Link | null;
  /** Requests under way on all of them. */
  inFlight: number;
  /** Since when (performance.now()) no slot has been free; Infinity while one is. */
  saturatedMs: number;
  /** When the newest free slot after none became free. */
  freeMs: number;
  readonly arrivals: ArrivalQueue;
  readonly visitors: VisitorQueue;
}

/**
 * The listen queue of a server is short (511 is usual), and what does not fit there waits a second for its next SYN: no more than
 * so many connections are opened at a time.
 */
const MAX_OPENING = 256;

export function createPool(
  settings: Pick<Pool, 'origin' | 'protocol' | 'options' | 'slotsOfOne' | 'takesTurns'>,
): Pool {
  return {
    ...settings,
    links: new Map(),
    opening: 0,
    closing: 0,
    available: [],
    turn: 0,
    preferred: null,
    inFlight: 0,
    saturatedMs: -Infinity,
    freeMs: -Infinity,
    arrivals: createArrivalQueue(),
    visitors: createVisitorQueue(),
  };
}

/**
 * Whether a request could be sent now. A connection may have lost its slots since it was last looked at: the server has said that it
 * closes it (FIN, GOAWAY), and the end itself is still to come.
 */
export function hasSlot(pool: Pool, nowMs: number): boolean {
  while (pool.available.length > 0) {
    const link = nextInTurn(pool);
    if (link.connection.free > 0) return true;
    settleSlots(pool, link, nowMs);
  }
  return false;
}

export function waitingIn(pool: Pool): number {
  return pool.arrivals.length + pool.visitors.length;
}

/** The connection for the next request. Requires a slot; it stays available while it has more of them (see `settleSlots`). */
export function takeLink(pool: Pool): Link {
  const link = nextInTurn(pool);
  if (pool.takesTurns && link === pool.available[pool.turn]) pool.turn += 1;
  return link;
}

function nextInTurn(pool: Pool): Link {
  const { available, preferred } = pool;
  if (preferred !== null && preferred.place >= 0 && hasRoomInShare(pool, preferred)) return preferred;
  if (!pool.takesTurns) return available[available.length - 1]!;
  if (pool.turn >= available.length) pool.turn = 0;
  return available[pool.turn]!;
}

/** Whether one request more is no more than an even share of those under way, and one. */
function hasRoomInShare({ links, opening, inFlight, takesTurns }: Pool, link: Link): boolean {
  const open = links.size - opening;
  return !takesTurns || link.inFlight * open < inFlight + open;
}

/** After a send or an end: puts the connection where it belongs by the slots it has. */
export function settleSlots(pool: Pool, link: Link, nowMs: number): void {
  const hasFree = link.connection.free > 0;
  if (hasFree === link.place >= 0) return;
  if (hasFree) {
    link.place = pool.available.push(link) - 1;
    if (pool.available.length === 1) {
      pool.saturatedMs = Infinity;
      pool.freeMs = nowMs;
    }
    return;
  }
  const last = pool.available.pop()!;
  if (last !== link) {
    pool.available[link.place] = last;
    last.place = link.place;
  }
  link.place = -1;
  if (pool.available.length === 0) pool.saturatedMs = nowMs;
}

/**
 * How much of a delay is our own: the time in which a slot was free and we did not come to use it. All other time between the
 * intended moment and now is the server's, because every slot was taken. Requires that `hasSlot` was asked just before.
 */
export function ownDelay(pool: Pool, intendedMs: number, nowMs: number): number {
  if (pool.available.length > 0) return nowMs - Math.max(intendedMs, pool.freeMs);
  return Math.max(0, pool.saturatedMs - intendedMs);
}

/** Whether more wait than the connections that are being opened will serve. */
export function needsMore(pool: Pool): boolean {
  return waitingIn(pool) > pool.opening * pool.slotsOfOne;
}

/** Opens connections for those who wait, as far as the budget goes. */
export function openForWaiting(pool: Pool, budget: ConnectionBudget, events: ConnectionEvents): void {
  while (needsMore(pool) && mayOpen(pool, budget)) openLink(pool, budget, events);
}

/** Opens connections until there are so many, used or not, as far as the budget goes. */
export function openUpTo(
  pool: Pool,
  wanted: number,
  budget: ConnectionBudget,
  events: ConnectionEvents,
): void {
  while (pool.links.size < wanted && pool.options.keepAlive && mayOpen(pool, budget)) {
    openLink(pool, budget, events);
  }
}

function mayOpen(pool: Pool, budget: ConnectionBudget): boolean {
  return pool.opening < MAX_OPENING && budget.used < budget.cap;
}

function openLink(pool: Pool, budget: ConnectionBudget, events: ConnectionEvents): void {
  budget.used += 1;
  pool.opening += 1;
  const connection = pool.protocol.connect(pool.options, events);
  pool.links.set(connection, {
    connection,
    pool,
    isOpen: false,
    isEndKnown: false,
    isClosing: false,
    place: -1,
    inFlight: 0,
    isDirty: false,
  });
}

/** Forgets a connection that is gone. */
export function dropLink(link: Link, budget: ConnectionBudget, nowMs: number): void {
  const { pool } = link;
  if (!pool.links.delete(link.connection)) return;
  budget.used -= 1;
  if (!link.isOpen) pool.opening -= 1;
  if (link.isClosing) pool.closing -= 1;
  settleSlots(pool, link, nowMs);
}

/** Makes room for an origin whose requests wait while another one holds the whole budget with connections that are idle. */
export function closeIdleElsewhere(pools: readonly Pool[], nowMs: number): void {
  for (const pool of pools) {
    if (waitingIn(pool) > 0) continue;
    const idle = pool.available.find(({ inFlight }) => inFlight === 0);
    if (idle === undefined) continue;
    closeLink(idle, nowMs);
    return;
  }
}

/** Closes connections that no user has any more. */
export function closeSurplus(pool: Pool, wanted: number, nowMs: number): void {
  for (let index = pool.available.length - 1; index >= 0; index -= 1) {
    if (pool.links.size - pool.closing <= wanted) return;
    const link = pool.available[index]!;
    if (link.inFlight === 0) closeLink(link, nowMs);
  }
}

export function closeLink(link: Link, nowMs: number): void {
  if (link.isClosing) return;
  link.isClosing = true;
  link.isEndKnown = true;
  link.pool.closing += 1;
  link.connection.destroy();
  settleSlots(link.pool, link, nowMs);
}
