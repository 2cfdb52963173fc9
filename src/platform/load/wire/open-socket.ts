import { connect as connectTcp, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { FailureKind } from '../../../core/load/measure.ts';
import { rememberSession, tlsOptions } from './tls-options.ts';
import type { ConnectOptions } from './types.ts';

/** What both protocols need of a socket. Times are performance.now(), taken once in each callback. */
export interface SocketEvents {
  /** Connected, and secured where TLS was asked for. `alpn` is the protocol the server chose by ALPN, or null. */
  onReady(phases: { connectMs: number; tlsMs: number | null }, alpn: string | null, atMs: number): void;
  /** `length` bytes from the buffer's beginning. The buffer is shared by all connections of the thread: valid only during the call. */
  onBytes(buffer: Buffer, length: number, atMs: number): void;
  /** The server sends no more; `onGone` follows by itself. */
  onEnd?(atMs: number): void;
  /** Once, and last. `failure` is null after an end in order: the peer's FIN, or our own `destroy` or `end`. */
  onGone(failure: FailureKind | null, detail: string, atMs: number): void;
}

/** One read buffer for a thread instead of one a connection: whatever is read is consumed before the callback returns. */
const READ_BUFFER_BYTES = 65_536;
let sharedReadBuffer: Buffer | null = null;

/** Connects, with TLS where the options have it; a deadline holds for both together. Nothing is looked up. */
export function openSocket(options: ConnectOptions, alpn: readonly string[], events: SocketEvents): Socket {
  sharedReadBuffer ??= Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  const startMs = performance.now();
  const { tls } = options;
  const secured = tls !== null;
  let connectedAtMs: number | null = null;
  let isReady = false;
  let failure: FailureKind | null = null;
  let detail = '';

  const onread: OnReadOpts = {
    buffer: sharedReadBuffer,
    callback(length, buffer) {
      // A socket that was destroyed in a callback may still hand over what it had read.
      if (!socket.destroyed) events.onBytes(buffer as Buffer, length, performance.now());
      return true;
    },
  };
  const to = { host: options.address, port: options.port, noDelay: true, onread };
  // A TLS socket that makes its own TCP socket hands `onread` on to it, though tls.connect's documentation does not say so.
  const socket: Socket =
    tls === null ? connectTcp(to) : connectTls({ ...to, ...tlsOptions(tls, options, alpn) });

  const deadline = setTimeout(() => {
    failure = 'connect-timeout';
    detail = `not ${connectedAtMs === null ? 'connected' : 'secured'} within ${options.connectTimeoutMs} ms`;
    socket.destroy();
  }, options.connectTimeoutMs);

  function ready(): void {
    const atMs = performance.now();
    clearTimeout(deadline);
    isReady = true;
    const connectMs = (connectedAtMs ?? atMs) - startMs;
    const chosen = secured ? (socket as TLSSocket).alpnProtocol : null;
    events.onReady(
      { connectMs, tlsMs: secured ? atMs - startMs - connectMs : null },
      typeof chosen === 'string' ? chosen : null,
      atMs,
    );
  }

  socket.once('connect', () => {
    connectedAtMs = performance.now();
    if (!secured) ready();
    // tls.connect drops `noDelay`: the second of two small writes would wait for the server's delayed acknowledgement.
    else socket.setNoDelay(true);
  });
  if (tls !== null) {
    socket.once('secureConnect', ready);
    socket.on('session', (session: Buffer) => rememberSession(tls, options, session));
  }
  socket.on('end', () => events.onEnd?.(performance.now()));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // The deadline's own word stands.
    if (failure !== null) return;
    failure = isReady ? failureOfReady(error) : failureOf(error, connectedAtMs !== null);
    detail = error.code === undefined ? error.message : `${error.code}: ${error.message}`;
  });
  socket.once('close', () => {
    clearTimeout(deadline);
    events.onGone(failure, detail, performance.now());
  });
  return socket;
}

/** Before the connection was ready. */
function failureOf(error: NodeJS.ErrnoException, isConnected: boolean): FailureKind {
  if (isConnected) return 'tls';
  if (error.code === 'ETIMEDOUT') return 'connect-timeout';
  return error.code === 'ECONNRESET' ? 'reset' : 'refused';
}

/** TLS 1.3: what a server thinks of our certificate comes after what we take for the end of the handshake. */
function failureOfReady({ code }: NodeJS.ErrnoException): FailureKind {
  return code?.startsWith('ERR_SSL') === true ? 'tls' : 'reset';
}
