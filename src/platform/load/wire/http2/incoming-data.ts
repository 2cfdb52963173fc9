import { ERROR, FLAG, FRAME, type Violation, violation } from './constants.ts';
import { answer, refuseStream } from './ending.ts';
import { isTolerable } from './flood-guard.ts';
import { writeNumber } from './frame-writer.ts';
import { CONNECTION_WINDOW, STREAM_WINDOW } from './outgoing.ts';
import { addBody, takeWholeBody } from './response.ts';
import type { Http2State } from './state.ts';
import { findStream, isIdle } from './streams.ts';

/**
 * A DATA frame begins: flow control counts all of it at once (RFC 9113, section 6.9.1). Each half of a window is given back as soon as
 * it is used, so a server cannot come to its end, and nothing is left to check.
 */
export function takeData(
  state: Http2State,
  streamId: number,
  flags: number,
  bytes: number,
): Violation | null {
  if (state.block.streamId !== 0) {
    return violation(ERROR.PROTOCOL_ERROR, 'DATA between HEADERS and their CONTINUATION');
  }
  if (state.stage === 'greeting') return violation(ERROR.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
  state.unacknowledged += bytes;
  if (state.unacknowledged >= CONNECTION_WINDOW / 2) {
    writeNumber(state.writer, FRAME.WINDOW_UPDATE, 0, state.unacknowledged);
    state.unacknowledged = 0;
  }
  const endStream = (flags & FLAG.END_STREAM) !== 0;
  if (bytes === 0 && !endStream && !isTolerable(state.flood, state.nowMs)) {
    return violation(ERROR.ENHANCE_YOUR_CALM, 'a flood of empty DATA');
  }
  const stream = findStream(state.streams, streamId);
  if (stream === null) {
    // Of a stream that we have reset the rest may still be under way.
    return isIdle(state.streams, streamId)
      ? violation(ERROR.PROTOCOL_ERROR, 'DATA on a stream that was never opened')
      : null;
  }
  if (stream.response.status === 0) {
    refuseStream(state, stream, 'DATA before a head');
    return null;
  }
  stream.unacknowledged += bytes;
  if (stream.unacknowledged >= STREAM_WINDOW / 2 && !endStream) {
    writeNumber(state.writer, FRAME.WINDOW_UPDATE, streamId, stream.unacknowledged);
    stream.unacknowledged = 0;
  }
  state.dataStream = stream;
  return null;
}

export function takeDataBytes(state: Http2State, bytes: Buffer, start: number, end: number): void {
  const { dataStream: stream, reader } = state;
  if (stream === null) return;
  const { response, eventStream, exchange } = stream;
  if (eventStream !== null && exchange !== null && exchange.onEvent !== null) {
    response.bodyBytes += end - start;
    // The engine may have cancelled it while it was told of an event.
    const isEnough = eventStream.read(bytes, start, end, state.nowMs, exchange.onEvent);
    if (isEnough && state.dataStream === stream) {
      writeNumber(state.writer, FRAME.RST_STREAM, stream.id, ERROR.CANCEL);
      answer(state, stream);
    }
    return;
  }
  const isLast =
    reader.contentLeft === 0 && reader.paddingLeft === 0 && (reader.dataFlags & FLAG.END_STREAM) !== 0;
  if (isLast && response.bodyBytes === 0) takeWholeBody(response, bytes, start, end);
  else addBody(response, bytes, start, end);
}
