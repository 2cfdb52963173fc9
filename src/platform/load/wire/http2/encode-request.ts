import { expectsBody, safeTarget, safeValue } from '../request-text.ts';
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
  { method, path, headers, body }: WireRequest,
  authority: string,
  options: { tls: boolean },
): Http2Request {
  const bytes = body === null ? null : Buffer.from(body, 'utf8');
  const host = headers.find(([name]) => name === 'host');
  const fields: Field[] = [
    [':method', method],
    [':scheme', options.tls ? 'https' : 'http'],
    [':authority', host === undefined ? authority : safeValue(host[1])],
    [':path', safeTarget(path)],
  ];
  for (const [name, value] of headers) if (isSent(name, value)) fields.push([name, safeValue(value)]);
  if (bytes !== null || expectsBody(method)) {
    fields.push(['content-length', String(bytes === null ? 0 : bytes.length)]);
  }
  const content = bytes === null || bytes.length === 0 ? null : bytes;
  const head = frameHead(encodeFields(fields), content === null);
  const length = content === null ? 0 : content.length;
  const dataFrames = Math.ceil(length / MIN_MAX_FRAME_BYTES);
  return { bytes: head.length + length + dataFrames * FRAME_HEADER_BYTES, head, body: content };
}

function isSent(name: string, value: string): boolean {
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
