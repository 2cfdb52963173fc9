import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import {
  connect as connectTls,
  type ConnectionOptions,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { FailureKind } from '../../../core/load/measure.ts';
import type { LoadTls } from '../../../core/load/plan.ts';
import type { ConnectOptions } from './types.ts';

/** What both protocols need of a socket. Times are performance.now(), taken once in each callback. */
export interface SocketEvents {
  /** Connected, and secured where TLS was asked for. `alpn` is the protocol the server chose by ALPN, or null. */
  onReady(phases: { connectMs: number; tlsMs: number | null }, alpn: string | null, atMs: number): void;
  /** `length` bytes from the buffer's beginning. The buffer is shared by all connections of the thread: valid only during the call. */
  onBytes(buffer: Buffer, length: number, atMs: number): void;
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
  const secured = options.tls !== null;
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
  const socket: Socket =
    options.tls === null
      ? connectTcp(to)
      : connectTls({ ...to, ...tlsOptions(options.tls, options.authority, alpn) });

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
  });
  if (secured) socket.once('secureConnect', ready);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // The deadline's own word stands.
    if (failure !== null) return;
    failure = isReady ? 'reset' : failureOf(error, connectedAtMs !== null);
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

function tlsOptions(tls: LoadTls, authority: string, alpn: readonly string[]): ConnectionOptions {
  const name = tls.serverName ?? hostOf(authority);
  return {
    secureContext: secureContextOf(tls),
    rejectUnauthorized: tls.verify ?? true,
    ALPNProtocols: [...alpn],
    // RFC 6066, section 3: no SNI for literal addresses.
    ...(isIP(name) === 0 ? { servername: name } : {}),
  };
}

function hostOf(authority: string): string {
  return new URL(`https://${authority}`).hostname.replace(/^\[|\]$/g, '');
}

/** Reading all root certificates takes milliseconds: once for each origin and thread, not once a connection. */
const contexts = new WeakMap<LoadTls, SecureContext>();

function secureContextOf(tls: LoadTls): SecureContext {
  const known = contexts.get(tls);
  if (known !== undefined) return known;
  const context = createSecureContext({
    ...(tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  });
  contexts.set(tls, context);
  return context;
}
