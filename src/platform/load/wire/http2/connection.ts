import type { FailureKind } from '../../../../core/load/measure.ts';
import { openSocket } from '../open-socket.ts';
import type { ConnectionEvents, ConnectOptions, Exchange, LoadConnection } from '../types.ts';
import { ERROR } from './constants.ts';
import type { Http2Request } from './encode-request.ts';
import { cancelStream, closeConnection, failAll } from './ending.ts';
import { flushLater } from './flush-later.ts';
import { readFrames } from './frame-reader.ts';
import { flushFrames } from './frame-writer.ts';
import { createFrameHandlers } from './incoming.ts';
import { flushUnlessReading, goOnSending, sendRequest, writeGreeting } from './outgoing.ts';
import { createState } from './state.ts';
import { openStreams } from './streams.ts';

const NONE: readonly Exchange[] = [];

type Phases = { connectMs: number; tlsMs: number | null };

/**
 * Opens a connection of HTTP/2: over TLS by ALPN, in clear text with prior knowledge. It is open once the server's SETTINGS are here,
 * so that a server of another protocol costs no request, and its limit of streams is known before the first one.
 */
export function connectHttp2(
  options: ConnectOptions,
  events: ConnectionEvents,
  firstStreamId = 1,
): LoadConnection {
  const connection: LoadConnection = {
    get free() {
      return Math.max(0, state.limit - state.streams.active);
    },
    send(request, exchange) {
      sendRequest(state, request as Http2Request, exchange);
    },
    flush: () => flushUnlessReading(state),
    cancel(exchange) {
      const stream = openStreams(state.streams).find((open) => open.exchange === exchange);
      if (stream === undefined) return;
      cancelStream(state, stream);
      flushUnlessReading(state);
    },
    destroy() {
      closeConnection(state, ERROR.NO_ERROR);
      state.socket.destroy();
    },
  };
  let phases: Phases = { connectMs: 0, tlsMs: null };
  let greetingDeadline: NodeJS.Timeout | null = null;
  let hasOpened = false;

  const socket = openSocket(options, ['h2'], {
    onReady(measured, alpn, atMs) {
      phases = measured;
      if (options.tls !== null && alpn !== 'h2') {
        giveUp('protocol', 'the server does not offer HTTP/2 (ALPN)');
        return;
      }
      const spentMs = measured.connectMs + (measured.tlsMs ?? 0);
      greetingDeadline = setTimeout(
        () => giveUp('connect-timeout', `no SETTINGS within ${options.connectTimeoutMs} ms`),
        Math.max(0, options.connectTimeoutMs - spentMs),
      );
      state.nowMs = atMs;
      state.stage = 'greeting';
      writeGreeting(state);
      flushFrames(state.writer, socket);
    },
    onBytes(bytes, length, atMs) {
      state.nowMs = atMs;
      state.isReading = true;
      const wasOpen = state.stage !== 'greeting';
      readFrames(state.reader, bytes, length, handlers);
      if (!wasOpen && state.stage === 'open') opened();
      state.isReading = false;
      if (options.tls !== null) flushLater(state);
      else if (state.stage !== 'ended') flushFrames(state.writer, socket);
    },
    // Its end follows; until then nothing is to be sent on it.
    onEnd() {
      state.limit = 0;
      if (state.stage === 'open') state.stage = 'draining';
    },
    onGone,
  });
  socket.on('drain', () => goOnSending(state));
  const state = createState({ connection, events, options, socket });
  state.streams.nextId = firstStreamId;
  const handlers = createFrameHandlers(state);

  function opened(): void {
    hasOpened = true;
    if (greetingDeadline !== null) clearTimeout(greetingDeadline);
    events.onOpen(connection, phases);
  }

  function onGone(failure: FailureKind | null, detail: string, atMs: number): void {
    if (greetingDeadline !== null) clearTimeout(greetingDeadline);
    const wasEndedByUs = state.stage === 'ended' && state.failure === null;
    state.nowMs = atMs;
    state.stage = 'ended';
    state.limit = 0;
    const why = state.detail || detail || 'closed';
    failAll(state, failure ?? 'reset', why);
    const neverOpened = state.failure ?? failure ?? (wasEndedByUs ? null : 'reset');
    events.onClose(connection, { failure: hasOpened ? null : neverOpened, detail: why, retry: NONE }, atMs);
  }

  function giveUp(kind: FailureKind, detail: string): void {
    state.failure = kind;
    state.detail = detail;
    state.stage = 'ended';
    socket.destroy();
  }

  return connection;
}
