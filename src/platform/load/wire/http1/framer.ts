import { EventStreamParser } from '../event-stream.ts';
import type { Exchange } from '../types.ts';
import {
  beginChunks,
  type BodySink,
  CHUNKS_INVALID,
  CHUNKS_NEED_MORE,
  createChunks,
  readChunks,
} from './chunks.ts';
import { recallHead, rememberHead } from './head-memory.ts';
import { beginHead, createHead, HEAD_INCOMPLETE, type Head, NO_LENGTH, readHead } from './head.ts';
import { Http1Response } from './response.ts';

/** Results of `read` that are no position. STOPPED: no more events are wanted, though more may come. */
export const NEED_MORE = -1;
export const FAILED = -2;
export const STOPPED = -3;

const MAX_HEAD_BYTES = 64 * 1024;
/** Informational responses before the real one. */
const MAX_INTERIM = 64;

const LF = 10;
const HEAD_TOO_LONG = 'a head of more than 64 KiB';

const IN_HEAD = 0;
const IN_FIXED = 1;
const IN_CHUNKS = 2;
/** Up to the end of the connection. */
const IN_REST = 3;

/**
 * Finds where HTTP/1 responses end (RFC 9112, sections 6 and 7), one at a time, in bytes that may be split anywhere. A response that came
 * in one read is read where it stands, with nothing allocated; only what was split is carried over.
 */
export class ResponseFramer implements BodySink {
  readonly response: Http1Response;
  /** Some byte of the response has come. */
  hasBegun = false;
  /** Once the response has ended: whether another one may follow on its connection. */
  isReusable = false;
  /** After FAILED: what is wrong. */
  problem = '';
  private readonly head = createHead();
  private readonly chunks = createChunks();
  private state = IN_HEAD;
  /** Bytes of a body of known length that are still to come. */
  private remaining = 0;
  private interim = 0;
  /** A head of which only a part has come. */
  private carried: Buffer | null = null;
  private carriedLength = 0;
  private exchange: Exchange | null = null;
  private events: EventStreamParser | null = null;
  private readAtMs = 0;
  private readonly maxBodyBytes: number;

  constructor(maxBodyBytes: number) {
    this.maxBodyBytes = maxBodyBytes;
    this.response = new Http1Response(maxBodyBytes);
  }

  /** The next bytes are those of the response to this request. */
  expect(exchange: Exchange): void {
    this.exchange = exchange;
    this.hasBegun = false;
    this.isReusable = false;
    this.state = IN_HEAD;
    this.interim = 0;
    this.carried = null;
    this.events = null;
    this.response.begin(exchange.wantsHead, exchange.wantsBody);
  }

  /** Returns the position after the response, or NEED_MORE, FAILED or STOPPED. */
  read(bytes: Buffer, start: number, end: number, atMs: number): number {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.response.firstByteAtMs = atMs;
    }
    this.readAtMs = atMs;
    let at = start;
    const wasInHead = this.state === IN_HEAD;
    while (this.state === IN_HEAD) {
      if (at >= end) return NEED_MORE;
      const { carried } = this;
      at =
        carried === null ? this.readWholeHead(bytes, at, end) : this.readSplitHead(carried, bytes, at, end);
      if (at < 0) return at;
    }
    const result = this.readBody(bytes, at, end);
    // What was read is overwritten by the next read, and the fields are asked for at the end.
    if (result === NEED_MORE && wasInHead && this.carried === null) this.response.copyFields();
    return result;
  }

  /** The connection has ended; true when that is how this response ends. */
  end(): boolean {
    return this.state === IN_REST;
  }

  /** BodySink: for chunks, and for what goes on to the end of the connection. */
  body(bytes: Buffer, from: number, end: number): boolean {
    this.response.addBody(bytes, from, end);
    const onEvent = this.exchange?.onEvent;
    if (this.events === null || onEvent === null || onEvent === undefined) return false;
    return this.events.read(bytes, from, end, this.readAtMs, onEvent);
  }

  private readBody(bytes: Buffer, at: number, end: number): number {
    if (this.state === IN_FIXED) return this.readFixed(bytes, at, end);
    if (this.state === IN_CHUNKS) return this.readChunked(bytes, at, end);
    return at < end && this.body(bytes, at, end) ? STOPPED : NEED_MORE;
  }

  private readWholeHead(bytes: Buffer, at: number, end: number): number {
    const known = at === 0 ? recallHead(bytes, end) : null;
    if (known !== null) return this.endHead(known.head, bytes, known.end) ? known.end : FAILED;
    beginHead(this.head, at);
    const headEnd = readHead(this.head, bytes, end);
    if (headEnd >= 0) {
      if (headEnd - at > MAX_HEAD_BYTES) return this.fail(HEAD_TOO_LONG);
      if (at === 0) rememberHead(bytes, end, headEnd, this.head);
      return this.endHead(this.head, bytes, headEnd) ? headEnd : FAILED;
    }
    if (headEnd !== HEAD_INCOMPLETE) return this.fail(this.head.problem);
    if (end - at > MAX_HEAD_BYTES) return this.fail(HEAD_TOO_LONG);
    this.carried = Buffer.allocUnsafe(Math.max(2 * (end - at), 1_024));
    this.carriedLength = bytes.copy(this.carried, 0, at, end);
    this.head.lineAt -= at;
    this.head.fieldsAt -= at;
    return NEED_MORE;
  }

  /** Adds to what has been carried over; returns the position after the head in `bytes`. */
  private readSplitHead(before: Buffer, bytes: Buffer, at: number, end: number): number {
    const carriedBefore = this.carriedLength;
    // One byte more than may be, so that it shows.
    const added = Math.min(end - at, MAX_HEAD_BYTES + 1 - carriedBefore);
    const carried = this.withRoomFor(before, added);
    bytes.copy(carried, carriedBefore, at, at + added);
    this.carriedLength += added;
    // Lines are judged when they are whole: without a line feed there is nothing new to read, however small the pieces are.
    const lineFeedAt = bytes.indexOf(LF, at);
    if (lineFeedAt !== -1 && lineFeedAt < at + added) {
      const headEnd = readHead(this.head, carried, this.carriedLength);
      if (headEnd >= 0) {
        if (headEnd > MAX_HEAD_BYTES) return this.fail(HEAD_TOO_LONG);
        if (!this.endHead(this.head, carried, headEnd)) return FAILED;
        if (this.state === IN_HEAD) this.carried = null;
        return at + headEnd - carriedBefore;
      }
      if (headEnd !== HEAD_INCOMPLETE) return this.fail(this.head.problem);
    }
    return this.carriedLength > MAX_HEAD_BYTES ? this.fail(HEAD_TOO_LONG) : NEED_MORE;
  }

  private withRoomFor(carried: Buffer, added: number): Buffer {
    if (this.carriedLength + added <= carried.length) return carried;
    const larger = Buffer.allocUnsafe((this.carriedLength + added) * 2);
    carried.copy(larger, 0, 0, this.carriedLength);
    this.carried = larger;
    return larger;
  }

  /** The head is whole: how does the body end? False after a failure. */
  private endHead(head: Head, bytes: Buffer, headEnd: number): boolean {
    const { response } = this;
    const { status, contentLength } = head;
    if (status < 200) return this.passInterim(status);
    if (head.hasTransferCoding && (contentLength !== NO_LENGTH || head.minor === 0)) {
      this.problem = 'both Transfer-Encoding and Content-Length';
      if (head.minor === 0) this.problem = 'Transfer-Encoding in a response of HTTP/1.0';
      return false;
    }
    response.status = status;
    response.keepFields(bytes, head, headEnd - 2);
    if (status >= 300) response.wantAll();
    this.isReusable = !head.saysClose && (head.minor === 1 || head.saysKeepAlive);
    if (this.exchange?.headOnly === true || status === 204 || status === 304) {
      this.state = IN_FIXED;
      this.remaining = 0;
      return true;
    }
    if (this.exchange?.onEvent !== null && isEventStream(response)) {
      this.events = new EventStreamParser(this.maxBodyBytes);
    }
    if (head.isChunked) {
      this.state = IN_CHUNKS;
      beginChunks(this.chunks);
    } else if (contentLength === NO_LENGTH) {
      this.state = IN_REST;
      this.isReusable = false;
    } else {
      this.state = IN_FIXED;
      this.remaining = contentLength;
    }
    return true;
  }

  private passInterim(status: number): boolean {
    this.interim += 1;
    if (status === 101) this.problem = 'a change of protocol that was not asked for';
    else if (this.interim > MAX_INTERIM) this.problem = `more than ${MAX_INTERIM} informational responses`;
    else return true;
    return false;
  }

  private readFixed(bytes: Buffer, at: number, end: number): number {
    const to = at + this.remaining;
    if (to <= end && this.events === null && this.response.bodyBytes === 0) {
      this.response.wholeBody(bytes, at, to);
      return to;
    }
    const pieceEnd = Math.min(to, end);
    this.remaining -= pieceEnd - at;
    if (pieceEnd > at && this.body(bytes, at, pieceEnd)) return STOPPED;
    return this.remaining === 0 ? pieceEnd : NEED_MORE;
  }

  private readChunked(bytes: Buffer, at: number, end: number): number {
    const result = readChunks(this.chunks, bytes, at, end, this);
    if (result >= 0) return result;
    if (result === CHUNKS_NEED_MORE) return NEED_MORE;
    return result === CHUNKS_INVALID ? this.fail(this.chunks.problem) : STOPPED;
  }

  private fail(problem: string): number {
    this.problem = problem;
    return FAILED;
  }
}

function isEventStream(response: Http1Response): boolean {
  return response.status === 200 && /^text\/event-stream\b/i.test(response.field('content-type') ?? '');
}
