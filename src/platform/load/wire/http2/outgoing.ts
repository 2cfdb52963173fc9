import { EventStreamParser } from '../event-stream.ts';
import type { Exchange } from '../types.ts';
import { CONNECTION_PREFACE, DEFAULT_WINDOW, FLAG, FRAME, MAX_STREAM_ID, SETTING } from './constants.ts';
import type { Http2Request } from './encode-request.ts';
import { allowForFrameSent } from './flood-guard.ts';
import { flushFrames, writeBytes, writeData, writeFrame, writeHead, writeNumber } from './frame-writer.ts';
import { beginResponse } from './response.ts';
import type { Http2State } from './state.ts';
import { type Http2Stream, openStream } from './streams.ts';

/**
 * What a server may send before we say more. Bytes are taken as they come and never wait here, so large windows cost no memory; they
 * only keep flow control from becoming the limit of a load.
 */
export const STREAM_WINDOW = 16 * 1024 * 1024;
export const CONNECTION_WINDOW = 512 * 1024 * 1024;
/** Beyond this a response's head is refused; announced as advice (section 6.5.2) and held to in `incoming.ts`. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** Of our own, where a server allows more or says nothing. */
export const MAX_STREAMS = 256;
/** Bodies that wait for the kernel beyond this are not copied yet, however large the server's windows are. */
const MAX_WAITING_BYTES = 256 * 1024;

export function writeGreeting({ writer }: Http2State): void {
  writeBytes(writer, Buffer.from(CONNECTION_PREFACE, 'latin1'));
  const settings = [
    [SETTING.HEADER_TABLE_SIZE, 0],
    [SETTING.ENABLE_PUSH, 0],
    [SETTING.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
    [SETTING.MAX_HEADER_LIST_SIZE, MAX_HEAD_BYTES],
  ] as const;
  const payload = Buffer.alloc(settings.length * 6);
  for (const [position, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, position * 6);
    payload.writeUInt32BE(value, position * 6 + 2);
  }
  writeFrame(writer, { type: FRAME.SETTINGS, flags: 0, streamId: 0 }, payload);
  writeNumber(writer, FRAME.WINDOW_UPDATE, 0, CONNECTION_WINDOW - DEFAULT_WINDOW);
}

export function sendRequest(state: Http2State, request: Http2Request, exchange: Exchange): void {
  const { options, streams, writer } = state;
  const stream = openStream(streams, exchange, options.maxBodyBytes);
  beginResponse(stream.response, exchange.wantsHead, exchange.wantsBody);
  stream.unacknowledged = 0;
  stream.sendWindow = state.peer.initialWindow;
  if (exchange.onEvent !== null) stream.eventStream = new EventStreamParser(options.maxBodyBytes);
  writeHead(writer, request.head, stream.id);
  allowForFrameSent(state.flood);
  if (request.body !== null) {
    stream.body = request.body;
    stream.bodyAt = 0;
    if (!sendBody(state, stream)) state.unsent.push(stream);
  }
  // Another connection takes over when the numbers have run out (section 5.1.1), or when each request shall have its own.
  if (!options.keepAlive || streams.nextId > MAX_STREAM_ID - 2 * streams.slots.length) {
    state.limit = 0;
    state.stage = 'draining';
  }
}

/** Goes on with bodies that waited: after WINDOW_UPDATE or SETTINGS, and when the kernel has taken what was written. */
export function sendBodies(state: Http2State): void {
  const { unsent } = state;
  while (unsent.length > 0 && sendBody(state, unsent[0]!)) unsent.shift();
  if (unsent.length < 2 || state.sendWindow <= 0) return;
  // The first one may wait for its own window only.
  for (let at = 1; at < unsent.length; at += 1) {
    if (!sendBody(state, unsent[at]!)) continue;
    unsent.splice(at, 1);
    at -= 1;
  }
}

/** As much as both windows let through; true when nothing is left of it. */
function sendBody(state: Http2State, stream: Http2Stream): boolean {
  const { body } = stream;
  if (body === null) return true;
  const { peer, writer, socket } = state;
  for (;;) {
    const left = body.length - stream.bodyAt;
    const length = Math.min(left, peer.maxFrameBytes, stream.sendWindow, state.sendWindow);
    if (length <= 0) return false;
    if (writer.to - writer.from + socket.writableLength >= MAX_WAITING_BYTES) {
      holdBack(state);
      return false;
    }
    const span = { from: stream.bodyAt, to: stream.bodyAt + length };
    writeData(writer, stream.id, body, span, length === left ? FLAG.END_STREAM : 0);
    allowForFrameSent(state.flood);
    stream.bodyAt += length;
    stream.sendWindow -= length;
    state.sendWindow -= length;
    if (length === left) {
      stream.body = null;
      return true;
    }
  }
}

/** Goes on in the next turn of the event loop, or once the kernel has room again: then `drain` comes. */
function holdBack(state: Http2State): void {
  if (state.isHeldBack) return;
  state.isHeldBack = true;
  setImmediate(() => {
    state.isHeldBack = false;
    if (!state.socket.writableNeedDrain) goOnSending(state);
  });
}

export function goOnSending(state: Http2State): void {
  if (state.unsent.length === 0 || state.stage === 'ended') return;
  sendBodies(state);
  flushFrames(state.writer, state.socket);
}

/** What is written outside of a callback of the socket leaves at once. */
export function flushUnlessReading(state: Http2State): void {
  if (!state.isReading && state.stage !== 'ended') flushFrames(state.writer, state.socket);
}
