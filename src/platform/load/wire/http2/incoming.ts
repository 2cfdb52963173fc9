import {
  ERROR,
  errorName,
  FLAG,
  FRAME,
  MAX_STREAM_ID,
  MAX_WINDOW,
  type Violation,
  violation,
} from './constants.ts';
import {
  endIfDrained,
  endResponse,
  failStream,
  refuseConnection,
  refuseStream,
  retryStream,
} from './ending.ts';
import { isTolerable } from './flood-guard.ts';
import type { FrameHandlers } from './frame-reader.ts';
import { writeFrame } from './frame-writer.ts';
import { takeData, takeDataBytes } from './incoming-data.ts';
import { continueHead, takeHead } from './incoming-head.ts';
import { MAX_STREAMS, sendBodies } from './outgoing.ts';
import { applySettings } from './peer.ts';
import type { Http2State } from './state.ts';
import { findStream, isIdle, openStreams } from './streams.ts';

const NOTHING = Buffer.alloc(0);

/** What the frames of a server do to a connection. Each that is wrong is answered as its section of RFC 9113 says. */
export function createFrameHandlers(state: Http2State): FrameHandlers {
  return {
    onFrame(type, flags, streamId, payload, start, end) {
      const wrong = takeFrame(state, type, flags, streamId, payload, start, end);
      if (wrong !== null) refuseConnection(state, wrong);
    },
    onDataStart(streamId, flags, bytes) {
      const wrong = takeData(state, streamId, flags, bytes);
      if (wrong !== null) refuseConnection(state, wrong);
    },
    onDataBytes: (payload, start, end) => takeDataBytes(state, payload, start, end),
    onDataEnd(flags) {
      const { dataStream } = state;
      if (dataStream === null) return;
      state.dataStream = null;
      if ((flags & FLAG.END_STREAM) !== 0) endResponse(state, dataStream);
    },
    onViolation: (wrong) => refuseConnection(state, wrong),
  };
}

function takeFrame(
  state: Http2State,
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer,
  start: number,
  end: number,
): Violation | null {
  if (type === FRAME.HEADERS) return takeHead(state, flags, streamId, payload, start, end);
  if (type === FRAME.CONTINUATION) return continueHead(state, flags, streamId, payload, start, end);
  if (state.block.streamId !== 0) {
    return violation(ERROR.PROTOCOL_ERROR, 'a frame between HEADERS and their CONTINUATION');
  }
  if (state.stage === 'greeting' && type !== FRAME.SETTINGS) {
    return violation(ERROR.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
  }
  if (!isTolerable(state.flood, state.nowMs)) {
    return violation(ERROR.ENHANCE_YOUR_CALM, 'a flood of frames that carry no response');
  }
  const length = end - start;
  switch (type) {
    case FRAME.SETTINGS:
      return takeSettings(state, flags, streamId, payload, start, end);
    case FRAME.PING:
      if (streamId !== 0) return violation(ERROR.PROTOCOL_ERROR, 'PING on a stream');
      if (length !== 8) return violation(ERROR.FRAME_SIZE_ERROR, `PING of ${length} bytes`);
      if ((flags & FLAG.ACK) === 0) {
        const pong = { type: FRAME.PING, flags: FLAG.ACK, streamId: 0 };
        writeFrame(state.writer, pong, payload.subarray(start, end));
      }
      return null;
    case FRAME.WINDOW_UPDATE:
      if (length !== 4) return violation(ERROR.FRAME_SIZE_ERROR, `WINDOW_UPDATE of ${length} bytes`);
      return takeWindowUpdate(state, streamId, payload.readUInt32BE(start) & MAX_WINDOW);
    case FRAME.RST_STREAM:
      if (length !== 4) return violation(ERROR.FRAME_SIZE_ERROR, `RST_STREAM of ${length} bytes`);
      return takeReset(state, streamId, payload.readUInt32BE(start));
    case FRAME.GOAWAY:
      if (streamId !== 0) return violation(ERROR.PROTOCOL_ERROR, 'GOAWAY on a stream');
      if (length < 8) return violation(ERROR.FRAME_SIZE_ERROR, `GOAWAY of ${length} bytes`);
      return takeGoAway(state, payload.readUInt32BE(start) & MAX_STREAM_ID, payload.readUInt32BE(start + 4));
    case FRAME.PUSH_PROMISE:
      return violation(ERROR.PROTOCOL_ERROR, 'PUSH_PROMISE, although push is not enabled');
    case FRAME.PRIORITY:
      return streamId === 0 ? violation(ERROR.PROTOCOL_ERROR, 'PRIORITY without a stream') : null;
    default:
      // Section 5.5: frames of unknown types are ignored.
      return null;
  }
}

function takeSettings(
  state: Http2State,
  flags: number,
  streamId: number,
  payload: Buffer,
  start: number,
  end: number,
): Violation | null {
  if (streamId !== 0) return violation(ERROR.PROTOCOL_ERROR, 'SETTINGS on a stream');
  if ((flags & FLAG.ACK) !== 0) {
    if (end !== start)
      return violation(ERROR.FRAME_SIZE_ERROR, 'an acknowledgement of SETTINGS with content');
    return state.stage === 'greeting'
      ? violation(ERROR.PROTOCOL_ERROR, 'the first frame is not SETTINGS')
      : null;
  }
  const { peer, streams } = state;
  const windowBefore = peer.initialWindow;
  const wrong = applySettings(peer, payload, start, end);
  if (wrong !== null) return wrong;
  const change = peer.initialWindow - windowBefore;
  if (change !== 0) {
    for (const stream of openStreams(streams)) {
      stream.sendWindow += change;
      if (stream.sendWindow > MAX_WINDOW) {
        return violation(ERROR.FLOW_CONTROL_ERROR, 'an initial window that makes one too large');
      }
    }
  }
  writeFrame(state.writer, { type: FRAME.SETTINGS, flags: FLAG.ACK, streamId: 0 }, NOTHING);
  if (state.stage === 'greeting') state.stage = 'open';
  if (state.stage === 'open') {
    state.limit = Math.min(peer.maxConcurrentStreams, state.options.keepAlive ? MAX_STREAMS : 1);
  }
  sendBodies(state);
  return null;
}

function takeWindowUpdate(state: Http2State, streamId: number, increment: number): Violation | null {
  if (streamId === 0) {
    if (increment === 0) return violation(ERROR.PROTOCOL_ERROR, 'WINDOW_UPDATE of 0');
    state.sendWindow += increment;
    if (state.sendWindow > MAX_WINDOW) return violation(ERROR.FLOW_CONTROL_ERROR, 'a window beyond 2^31-1');
  } else {
    const stream = findStream(state.streams, streamId);
    if (stream === null) return closedOrIdle(state, streamId, 'WINDOW_UPDATE');
    if (increment === 0) {
      refuseStream(state, stream, 'WINDOW_UPDATE of 0');
      return null;
    }
    stream.sendWindow += increment;
    if (stream.sendWindow > MAX_WINDOW) return violation(ERROR.FLOW_CONTROL_ERROR, 'a window beyond 2^31-1');
  }
  sendBodies(state);
  return null;
}

function takeReset(state: Http2State, streamId: number, code: number): Violation | null {
  const stream = findStream(state.streams, streamId);
  if (stream === null) return closedOrIdle(state, streamId, 'RST_STREAM');
  const detail = `RST_STREAM with ${errorName(code)}`;
  const isUntouched = stream.response.status === 0;
  if (code === ERROR.REFUSED_STREAM && isUntouched) retryStream(state, stream, detail);
  else failStream(state, stream, code === ERROR.HTTP_1_1_REQUIRED ? 'protocol' : 'reset', detail);
  return null;
}

/** Section 6.8. May come twice: first that it will end, then with what it has really seen. */
function takeGoAway(state: Http2State, lastStreamId: number, code: number): Violation | null {
  const detail = `GOAWAY with ${errorName(code)}`;
  state.stage = 'draining';
  state.limit = 0;
  state.detail = detail;
  for (const stream of openStreams(state.streams)) {
    if (stream.id > lastStreamId && stream.exchange !== null) retryStream(state, stream, detail);
  }
  endIfDrained(state);
  return null;
}

function closedOrIdle(state: Http2State, streamId: number, frame: string): Violation | null {
  // One that is closed may still get what was under way when it closed (section 5.1).
  return isIdle(state.streams, streamId)
    ? violation(ERROR.PROTOCOL_ERROR, `${frame} on a stream that was never opened`)
    : null;
}
