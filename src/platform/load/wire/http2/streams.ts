import type { EventStreamParser } from '../event-stream.ts';
import type { Exchange } from '../types.ts';
import { createResponse, type Http2Response } from './response.ts';

/** One request and its response. Kept and used again: nothing is made per request. */
export interface Http2Stream {
  id: number;
  exchange: Exchange | null;
  readonly response: Http2Response;
  /** Bytes of DATA since our last WINDOW_UPDATE. */
  unacknowledged: number;
  /** What the peer lets us send on this stream; below 0 after SETTINGS made it smaller (RFC 9113, section 6.9.2). */
  sendWindow: number;
  /** Rest of the request's body; null when all is sent. */
  body: Buffer | null;
  bodyAt: number;
  /** Of an exchange that takes server-sent events. */
  eventStream: EventStreamParser | null;
}

/**
 * Streams by their numbers: a ring, as numbers only ascend. A place that a long-lived stream still holds is passed over together
 * with the number that belongs to it, which the protocol allows (section 5.1.1): so the ring stays small beside a stream of events.
 */
export interface StreamTable {
  slots: (Http2Stream | null)[];
  active: number;
  /** The lowest number that was not used or passed over. */
  nextId: number;
  readonly idle: Http2Stream[];
}

const FIRST_SLOTS = 16;

export function createStreamTable(): StreamTable {
  return { slots: Array.from({ length: FIRST_SLOTS }, () => null), active: 0, nextId: 1, idle: [] };
}

export function findStream(table: StreamTable, id: number): Http2Stream | null {
  const stream = table.slots[slotOf(table, id)]!;
  return stream !== null && stream.id === id ? stream : null;
}

/** Whether a stream of this number was never opened: only we open streams, and only with odd numbers. */
export function isIdle(table: StreamTable, id: number): boolean {
  return (id & 1) === 0 || id >= table.nextId;
}

export function openStream(table: StreamTable, exchange: Exchange, maxBodyBytes: number): Http2Stream {
  if (table.active * 2 >= table.slots.length) widen(table);
  while (table.slots[slotOf(table, table.nextId)] !== null) table.nextId += 2;
  const stream = table.idle.pop() ?? createStream(maxBodyBytes);
  stream.id = table.nextId;
  stream.exchange = exchange;
  table.slots[slotOf(table, stream.id)] = stream;
  table.nextId += 2;
  table.active += 1;
  return stream;
}

/** Its number is free of it at once; the stream itself may be used again after `recycleStream`. */
export function closeStream(table: StreamTable, stream: Http2Stream): void {
  table.slots[slotOf(table, stream.id)] = null;
  table.active -= 1;
}

/** Once nobody reads its response any more. */
export function recycleStream(table: StreamTable, stream: Http2Stream): void {
  stream.exchange = null;
  stream.body = null;
  stream.eventStream = null;
  table.idle.push(stream);
}

/** In the order of their numbers; a copy, as what is done with them may open and close some. */
export function openStreams(table: StreamTable): Http2Stream[] {
  return table.slots.filter((stream) => stream !== null).sort((first, second) => first.id - second.id);
}

function createStream(maxBodyBytes: number): Http2Stream {
  return {
    id: 0,
    exchange: null,
    response: createResponse(maxBodyBytes),
    unacknowledged: 0,
    sendWindow: 0,
    body: null,
    bodyAt: 0,
    eventStream: null,
  };
}

function slotOf({ slots }: StreamTable, id: number): number {
  return (id >>> 1) & (slots.length - 1);
}

/** Twice the places: streams of different numbers that were apart stay apart. */
function widen(table: StreamTable): void {
  const streams = table.slots.filter((stream) => stream !== null);
  table.slots = Array.from({ length: table.slots.length * 2 }, () => null);
  for (const stream of streams) table.slots[slotOf(table, stream.id)] = stream;
}
