import type { Socket } from 'node:net';
import type { FailureKind } from '../../../../core/load/measure.ts';
import { openSocket, type SocketEvents } from '../open-socket.ts';
import type { ConnectionEvents, ConnectOptions, EncodedRequest, Exchange, LoadConnection } from '../types.ts';
import type { Http1Request } from './encode.ts';
import { FAILED, NEED_MORE, ResponseFramer } from './framer.ts';

const NONE: readonly Exchange[] = [];

/** A request that did not leave at once may still be under way when an early response has ended. */
const LEAVES_AT_ONCE_BYTES = 16 * 1024;

/** Opens a connection of HTTP/1.1: one request at a time. */
export function connectHttp1(options: ConnectOptions, events: ConnectionEvents): LoadConnection {
  return new Http1Connection(options, events);
}

/** A class, so that thousands of connections share their methods and callers meet one shape. */
class Http1Connection implements LoadConnection, SocketEvents {
  free = 0;
  private exchange: Exchange | null = null;
  private isOpen = false;
  private hasAnswered = false;
  private isLargeRequest = false;
  private readonly keepAlive: boolean;
  private readonly framer: ResponseFramer;
  private readonly events: ConnectionEvents;
  private readonly socket: Socket;

  constructor(options: ConnectOptions, events: ConnectionEvents) {
    this.keepAlive = options.keepAlive;
    this.framer = new ResponseFramer(options.maxBodyBytes);
    this.events = events;
    this.socket = openSocket(options, ['http/1.1'], this);
  }

  send(request: EncodedRequest, exchange: Exchange): void {
    this.free = 0;
    this.exchange = exchange;
    this.isLargeRequest = request.bytes > LEAVES_AT_ONCE_BYTES;
    this.framer.expect(exchange);
    this.socket.write((request as Http1Request).data, 'latin1');
  }

  /** Nothing waits: each request is one write. */
  flush(): void {}

  cancel(exchange: Exchange): void {
    if (this.exchange !== exchange) return;
    this.exchange = null;
    this.destroy();
  }

  destroy(): void {
    this.free = 0;
    this.socket.destroy();
  }

  onReady(phases: { connectMs: number; tlsMs: number | null }): void {
    this.isOpen = true;
    this.free = 1;
    this.events.onOpen(this, phases);
  }

  onBytes(buffer: Buffer, length: number, atMs: number): void {
    const { exchange, framer } = this;
    if (exchange === null) {
      // Bytes that nobody asked for: a server's farewell (408 before it closes), or a body longer than its length. Nothing that
      // follows could be told apart from the next response.
      this.destroy();
      return;
    }
    const at = framer.read(buffer, 0, length, atMs);
    if (at === NEED_MORE) return;
    if (at === FAILED) {
      this.fail(exchange, framer.problem, atMs);
      return;
    }
    this.answer(exchange, at === length && framer.isReusable, atMs);
  }

  onEnd(atMs: number): void {
    this.free = 0;
    const { exchange } = this;
    if (exchange !== null && this.framer.end()) this.answer(exchange, false, atMs);
  }

  onGone(failure: FailureKind | null, detail: string, atMs: number): void {
    this.free = 0;
    const { exchange } = this;
    let retry = NONE;
    if (exchange !== null) {
      this.exchange = null;
      // The server may have closed it before it saw the request: on a connection that has served before, that is the usual race.
      const isRace = this.hasAnswered && !this.framer.hasBegun && (failure === null || failure === 'reset');
      if (isRace) retry = [exchange];
      else this.events.onFailure(this, exchange, failure ?? 'reset', detail, atMs);
    }
    this.events.onClose(this, { failure: this.isOpen ? null : failure, detail, retry }, atMs);
  }

  private answer(exchange: Exchange, isReusable: boolean, atMs: number): void {
    this.exchange = null;
    this.hasAnswered = true;
    const isSent = !this.isLargeRequest || this.socket.writableLength === 0;
    if (isReusable && isSent && this.keepAlive) {
      this.free = 1;
      this.events.onResponse(this, exchange, this.framer.response, atMs);
    } else {
      this.events.onResponse(this, exchange, this.framer.response, atMs);
      this.destroy();
    }
  }

  private fail(exchange: Exchange, problem: string, atMs: number): void {
    this.exchange = null;
    this.events.onFailure(this, exchange, 'protocol', problem, atMs);
    this.destroy();
  }
}
