import type { FailureKind } from '../../../../core/load/measure.ts';
import { ERROR, FRAME, type Violation } from './constants.ts';
import { flushFrames, writeFrame, writeNumber } from './frame-writer.ts';
import { fieldOf } from './response.ts';
import type { Http2State } from './state.ts';
import { closeStream, type Http2Stream, openStreams, recycleStream } from './streams.ts';

/** How streams and connections end, and what the engine is told of it. */

/** A peer that takes nothing any more does not get to keep its socket open by that. */
const FAREWELL_MS = 1_000;

/** The server has ended the response. One whose length is not what its head says is malformed (section 8.1.1). */
export function endResponse(state: Http2State, stream: Http2Stream): void {
  const { response, exchange } = stream;
  const length = response.wantsHead ? fieldOf(response.fields, 'content-length') : null;
  const hasNoContent = exchange === null || exchange.headOnly || response.status === 304;
  if (length === null || hasNoContent || Number(length) === response.bodyBytes) answer(state, stream);
  else
    refuseStream(
      state,
      stream,
      `a body of ${response.bodyBytes} bytes where ${length.slice(0, 20)} were announced`,
    );
}

/** The engine has what it wants. */
export function answer(state: Http2State, stream: Http2Stream): void {
  const { exchange } = stream;
  release(state, stream);
  // The server may answer before it has the whole request; what is left of that is not sent (RFC 9113, section 8.1).
  if (stream.body !== null) writeNumber(state.writer, FRAME.RST_STREAM, stream.id, ERROR.NO_ERROR);
  if (exchange !== null) state.events.onResponse(state.connection, exchange, stream.response, state.nowMs);
  recycleStream(state.streams, stream);
  endIfDrained(state);
}

export function failStream(state: Http2State, stream: Http2Stream, kind: FailureKind, detail: string): void {
  const { exchange } = stream;
  release(state, stream);
  recycleStream(state.streams, stream);
  if (exchange !== null) state.events.onFailure(state.connection, exchange, kind, detail, state.nowMs);
  endIfDrained(state);
}

/** What the server sent on this stream is malformed; the connection can go on (section 8.1.1). */
export function refuseStream(state: Http2State, stream: Http2Stream, detail: string): void {
  writeNumber(state.writer, FRAME.RST_STREAM, stream.id, ERROR.PROTOCOL_ERROR);
  failStream(state, stream, 'protocol', detail);
}

/** The server has not begun it. */
export function retryStream(state: Http2State, stream: Http2Stream, detail: string): void {
  const { exchange } = stream;
  release(state, stream);
  recycleStream(state.streams, stream);
  if (exchange !== null) state.events.onRetry(state.connection, exchange, detail, state.nowMs);
  endIfDrained(state);
}

/** Gives it up without telling the engine. */
export function cancelStream(state: Http2State, stream: Http2Stream): void {
  writeNumber(state.writer, FRAME.RST_STREAM, stream.id, ERROR.CANCEL);
  release(state, stream);
  recycleStream(state.streams, stream);
  endIfDrained(state);
}

/** The peer broke the protocol: says so and fails all that is under way. */
export function refuseConnection(state: Http2State, { code, detail }: Violation): void {
  if (state.stage === 'ended') return;
  const isGreeting = state.stage === 'greeting';
  state.failure = 'protocol';
  state.detail = isGreeting ? `the server does not speak HTTP/2: ${detail}` : detail;
  closeConnection(state, code);
  failAll(state, 'protocol', detail);
}

/** Fails whatever is still under way. */
export function failAll(state: Http2State, kind: FailureKind, detail: string): void {
  for (const stream of openStreams(state.streams)) {
    // An engine that was just told of one may have cancelled another.
    if (stream.exchange !== null) failStream(state, stream, kind, detail);
  }
}

/** Says goodbye and closes; the socket's own end is what the engine is told. */
export function closeConnection(state: Http2State, code: number): void {
  if (state.stage === 'ended') return;
  const { socket, writer } = state;
  const isConnecting = state.stage === 'connecting';
  state.stage = 'ended';
  state.limit = 0;
  state.reader.stopped = true;
  if (isConnecting) {
    socket.destroy();
    return;
  }
  // No stream of the server's was ever processed: the last one is 0.
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(code, 4);
  writeFrame(writer, { type: FRAME.GOAWAY, flags: 0, streamId: 0 }, payload);
  flushFrames(writer, socket);
  socket.destroySoon();
  setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
}

/** Closes once nothing is under way on a connection that takes no more. */
export function endIfDrained(state: Http2State): void {
  if (state.stage === 'draining' && state.streams.active === 0) closeConnection(state, ERROR.NO_ERROR);
}

function release(state: Http2State, stream: Http2Stream): void {
  closeStream(state.streams, stream);
  if (state.dataStream === stream) state.dataStream = null;
  if (stream.body !== null) {
    const at = state.unsent.indexOf(stream);
    if (at !== -1) state.unsent.splice(at, 1);
  }
}
