import type { EncodedRequest, WireRequest } from '../types.ts';
import { FLAG, FRAME, FRAME_HEADER_BYTES, MIN_MAX_FRAME_BYTES } from './constants.ts';
import { encodeFields, type Field } from './hpack/encode.ts';

/** A request as frames that only lack the number of their stream. */
export interface Http2Request extends EncodedRequest {
  readonly bytes: number;
  /** HEADERS, and CONTINUATION where one frame cannot hold the block. */
  readonly head: Buffer;
  /** DATA frames are cut when they are sent: the peer's windows and frame size decide. null: END_STREAM is in the head. */
  readonly body: Buffer | null;
}

/** Fields of HTTP/1.1's connection, which HTTP/2 forbids (RFC 9113, section 8.2.2), and what is ours to say. */
const NOT_SENT = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

export function encodeRequest(
  request: WireRequest,
  authority: string,
  options: { tls: boolean },
): Http2Request {
  const body = request.body === null ? null : Buffer.from(request.body, 'utf8');
  const fields: Field[] = [
    [':method', request.method],
    [':scheme', options.tls ? 'https' : 'http'],
    [':authority', authority],
    [':path', request.path],
  ];
  for (const field of request.headers) if (isSent(field)) fields.push(field);
  if (body !== null) fields.push(['content-length', String(body.length)]);
  const hasBody = body !== null && body.length > 0;
  const head = frameHead(encodeFields(fields), !hasBody);
  const dataFrames = hasBody ? Math.ceil(body.length / MIN_MAX_FRAME_BYTES) : 0;
  return {
    bytes: head.length + (hasBody ? body.length + dataFrames * FRAME_HEADER_BYTES : 0),
    head,
    body: hasBody ? body : null,
  };
}

function isSent([name, value]: Field): boolean {
  // `te` may say that trailers are welcome, and nothing else.
  return !NOT_SENT.has(name) && (name !== 'te' || value === 'trailers');
}

/** In frames of the size that every peer must take (section 4.2); stream 0 until it is sent. */
function frameHead(block: Buffer, endStream: boolean): Buffer {
  const frames = Math.max(1, Math.ceil(block.length / MIN_MAX_FRAME_BYTES));
  const head = Buffer.alloc(block.length + frames * FRAME_HEADER_BYTES);
  for (let frame = 0, at = 0; frame < frames; frame += 1) {
    const from = frame * MIN_MAX_FRAME_BYTES;
    const length = Math.min(MIN_MAX_FRAME_BYTES, block.length - from);
    const isFirst = frame === 0;
    head.writeUIntBE(length, at, 3);
    head[at + 3] = isFirst ? FRAME.HEADERS : FRAME.CONTINUATION;
    head[at + 4] =
      (isFirst && endStream ? FLAG.END_STREAM : 0) | (frame === frames - 1 ? FLAG.END_HEADERS : 0);
    block.copy(head, at + FRAME_HEADER_BYTES, from, from + length);
    at += FRAME_HEADER_BYTES + length;
  }
  return head;
}
