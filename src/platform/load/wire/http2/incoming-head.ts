import { ERROR, FLAG, type Violation, violation } from './constants.ts';
import { endResponse, refuseStream } from './ending.ts';
import { NO_STATUS, readFields, readStatus, UNDECODABLE } from './hpack/decode.ts';
import { MAX_HEAD_BYTES } from './outgoing.ts';
import type { Http2State } from './state.ts';
import { findStream, isIdle } from './streams.ts';

/** A head in this many frames is an attack: they could be empty, for ever (CVE-2024-27316). */
const MAX_CONTINUATIONS = 64;
const PRIORITY_BYTES = 5;
/** From here on fields and body are kept unasked: where a redirect leads, Retry-After, what a failure says. */
const FIRST_KEPT_STATUS = 300;

export function takeHead(
  state: Http2State,
  flags: number,
  streamId: number,
  payload: Buffer,
  start: number,
  end: number,
): Violation | null {
  const { block } = state;
  if (block.streamId !== 0)
    return violation(ERROR.PROTOCOL_ERROR, 'HEADERS between HEADERS and their CONTINUATION');
  if (state.stage === 'greeting') return violation(ERROR.PROTOCOL_ERROR, 'the first frame is not SETTINGS');
  if (isIdle(state.streams, streamId)) {
    return violation(ERROR.PROTOCOL_ERROR, 'HEADERS on a stream that was never opened');
  }
  let from = start;
  let to = end;
  if ((flags & FLAG.PADDED) !== 0) {
    if (from === to) return violation(ERROR.FRAME_SIZE_ERROR, 'padded HEADERS without a padding length');
    to -= payload[from]!;
    from += 1;
  }
  if ((flags & FLAG.PRIORITY) !== 0) from += PRIORITY_BYTES;
  if (from > to) return violation(ERROR.PROTOCOL_ERROR, 'HEADERS with more padding than payload');
  const endStream = (flags & FLAG.END_STREAM) !== 0;
  if ((flags & FLAG.END_HEADERS) !== 0) return takeBlock(state, streamId, endStream, payload, from, to);
  block.streamId = streamId;
  block.endStream = endStream;
  block.length = 0;
  block.frames = 0;
  return keepBlock(state, payload, from, to);
}

export function continueHead(
  state: Http2State,
  flags: number,
  streamId: number,
  payload: Buffer,
  start: number,
  end: number,
): Violation | null {
  const { block } = state;
  if (block.streamId === 0 || block.streamId !== streamId) {
    return violation(ERROR.PROTOCOL_ERROR, 'CONTINUATION of no HEADERS');
  }
  const wrong = keepBlock(state, payload, start, end);
  if (wrong !== null) return wrong;
  if ((flags & FLAG.END_HEADERS) === 0) return null;
  block.streamId = 0;
  return takeBlock(state, streamId, block.endStream, block.bytes, 0, block.length);
}

function keepBlock({ block }: Http2State, payload: Buffer, start: number, end: number): Violation | null {
  const length = end - start;
  block.frames += 1;
  if (block.frames > MAX_CONTINUATIONS || block.length + length > MAX_HEAD_BYTES) {
    return violation(
      ERROR.ENHANCE_YOUR_CALM,
      `a head of more than ${MAX_HEAD_BYTES} bytes or ${MAX_CONTINUATIONS} frames`,
    );
  }
  if (block.bytes.length < block.length + length) {
    const larger = Buffer.allocUnsafeSlow(Math.min(MAX_HEAD_BYTES, 2 * (block.length + length)));
    block.bytes.copy(larger, 0, 0, block.length);
    block.bytes = larger;
  }
  payload.copy(block.bytes, block.length, start, end);
  block.length += length;
  return null;
}

/** A whole field block: an interim head, the head, or trailers. */
function takeBlock(
  state: Http2State,
  streamId: number,
  endStream: boolean,
  block: Buffer,
  start: number,
  end: number,
): Violation | null {
  const stream = findStream(state.streams, streamId);
  // Of a stream that is closed nothing has to be decoded: no block changes what a later one means.
  if (stream === null) return null;
  const { response } = stream;
  if (response.status !== 0) {
    if (endStream) endResponse(state, stream);
    else refuseStream(state, stream, 'trailers that do not end the response');
    return null;
  }
  const status = readStatus(block, start, end);
  if (status === UNDECODABLE) return undecodable();
  if (response.firstByteAtMs === 0) response.firstByteAtMs = state.nowMs;
  if (status === NO_STATUS || status === 101) {
    // Section 8.6: there is no 101 in HTTP/2.
    refuseStream(state, stream, status === NO_STATUS ? 'a head without a status' : 'status 101');
    return null;
  }
  if (status < 200) {
    if (endStream) refuseStream(state, stream, `a response that ends with status ${status}`);
    return null;
  }
  response.status = status;
  if (status >= FIRST_KEPT_STATUS) {
    response.wantsHead = true;
    response.wantsBody = true;
    stream.eventStream = null;
  }
  if (response.wantsHead) {
    if (!readFields(block, start, end, response.fields)) return undecodable();
    const { malformed } = response.fields;
    if (malformed !== null) {
      refuseStream(state, stream, malformed);
      return null;
    }
  }
  if (endStream) endResponse(state, stream);
  return null;
}

function undecodable(): Violation {
  return violation(ERROR.COMPRESSION_ERROR, 'a field block that cannot be decoded');
}
