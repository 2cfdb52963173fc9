import type { FailureKind } from '../../../core/load/measure.ts';
import type { LoadTls } from '../../../core/load/plan.ts';
import type { KnownBytes } from './known-bytes.ts';

/** A request before a protocol made bytes of it. Header names are in lower case; `host`, `:authority` and lengths are the encoder's. */
export interface WireRequest {
  method: string;
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
}

/** Bytes of one request, ready to be sent any number of times. What is in it is the protocol's own matter. */
export interface EncodedRequest {
  readonly bytes: number;
}

/** One request on its way. The engine makes and pools them; a connection only keeps it until it hands it back. */
export interface Exchange {
  /** HEAD: a response has no body, whatever its head says. */
  headOnly: boolean;
  /** Whether the response's fields and its body will be asked for; without, they are only skipped. */
  wantsHead: boolean;
  wantsBody: boolean;
  /**
   * Called for each server-sent event with its data. Returns true when no more are wanted: the response ends with that event,
   * `onResponse` follows in the same callback, and an HTTP/1.1 connection is closed. null: an ordinary response.
   */
  onEvent: ((data: string, atMs: number) => boolean) | null;
}

/**
 * Valid only during the call it is handed to; the connection uses it again for the next response.
 * One with status 300 or above is kept as if both its head and its body had been wanted: redirects and Retry-After are in its
 * fields, and the body of a failure is shown to people.
 */
export interface WireResponse {
  status: number;
  /** Of the body, as it came; heads and frames are not in it. */
  bodyBytes: number;
  /** performance.now() of the first byte. */
  firstByteAtMs: number;
  /** First field of this name (lower case), or null. null without `wantsHead`. */
  header(name: string): string | null;
  /** All fields of this name. */
  headers(name: string): readonly string[];
  /** The whole body, at most `maxBodyBytes` of it; null without `wantsBody`. Not a copy: it is overwritten afterwards. */
  body(): Buffer | null;
  /** Whether `body()` would be these bytes, for less than it costs to ask for it. */
  hasBody(known: KnownBytes): boolean;
}

/** What a connection tells the engine. Times are performance.now(), taken once in each callback of the socket. */
export interface ConnectionEvents {
  onOpen(connection: LoadConnection, phases: { connectMs: number; tlsMs: number | null }): void;
  /** `free` is already what it is after this response, so that the next request may be sent from within this call. */
  onResponse(connection: LoadConnection, exchange: Exchange, response: WireResponse, atMs: number): void;
  /** The exchange ended without a whole response. */
  onFailure(
    connection: LoadConnection,
    exchange: Exchange,
    kind: FailureKind,
    detail: string,
    atMs: number,
  ): void;
  /**
   * The server surely has not begun this exchange (RST_STREAM with REFUSED_STREAM, a stream above GOAWAY's last): it may be sent
   * again, on this connection or another. The connection stays for what else is under way.
   */
  onRetry(connection: LoadConnection, exchange: Exchange, detail: string, atMs: number): void;
  /**
   * Once, and last: the connection is gone. `failure` where it never opened. Exchanges that were under way have been told
   * before; `retry` holds the one whose connection the server closed before any byte of an answer, where it had served a request
   * before: a close between requests, most likely. The engine sends it again if that is harmless (RFC 9112, section 9.3.1).
   */
  onClose(
    connection: LoadConnection,
    ended: { failure: FailureKind | null; detail: string; retry: readonly Exchange[] },
    atMs: number,
  ): void;
}

export interface LoadConnection {
  /** Requests that may be sent now: at most 1 for HTTP/1.1, free streams for HTTP/2; 0 before it is open and after its end. */
  readonly free: number;
  /** Requires `free > 0`. Bytes may wait for `flush`. */
  send(request: EncodedRequest, exchange: Exchange): void;
  /** Sends what waits; called once at the end of a batch. Callbacks of the connection flush by themselves. */
  flush(): void;
  /** Gives up one exchange without telling the engine: HTTP/1.1 closes the connection, HTTP/2 resets the stream. */
  cancel(exchange: Exchange): void;
  /** Closes at once; `onClose` follows. */
  destroy(): void;
}

export interface ConnectOptions {
  /** Already resolved and checked; no name is looked up any more. */
  address: string;
  port: number;
  /** For the Host field, `:authority` and SNI: the name and port as in the URL. */
  authority: string;
  tls: LoadTls | null;
  connectTimeoutMs: number;
  keepAlive: boolean;
  maxBodyBytes: number;
}

/** One protocol: how to encode and how to connect. */
export interface WireProtocol {
  encode(
    request: WireRequest,
    authority: string,
    options: { tls: boolean; keepAlive: boolean },
  ): EncodedRequest;
  connect(options: ConnectOptions, events: ConnectionEvents): LoadConnection;
}
