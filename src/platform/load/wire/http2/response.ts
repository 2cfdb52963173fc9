import { isKnown } from '../known-bytes.ts';
import type { WireResponse } from '../types.ts';
import { createFieldList, type FieldList } from './hpack/decode.ts';

/** The response of one stream, again and again. Streams come side by side, so each collects its own body. */
export interface Http2Response extends WireResponse {
  wantsHead: boolean;
  wantsBody: boolean;
  readonly fields: FieldList;
  /** Where the kept part of the body stands: in what was read, where all came in one piece, else in `pieces`. */
  source: Buffer;
  bodyAt: number;
  bodyEnd: number;
  pieces: Buffer;
  readonly maxBodyBytes: number;
}

const NOTHING = Buffer.alloc(0);
/** More than this is given back after a response, so that no stream keeps the largest body it has seen. */
const KEPT_BYTES = 16_384;
const FIRST_PIECES_BYTES = 1_024;

export function createResponse(maxBodyBytes: number): Http2Response {
  const response: Http2Response = {
    status: 0,
    bodyBytes: 0,
    firstByteAtMs: 0,
    wantsHead: false,
    wantsBody: false,
    fields: createFieldList(),
    source: NOTHING,
    bodyAt: 0,
    bodyEnd: 0,
    pieces: NOTHING,
    maxBodyBytes,
    header: (name) => (response.wantsHead ? fieldOf(response.fields, name) : null),
    headers: (name) => (response.wantsHead ? fieldsOf(response.fields, name) : []),
    body: () => (response.wantsBody ? response.source.subarray(response.bodyAt, response.bodyEnd) : null),
    hasBody: (known) =>
      response.wantsBody && isKnown(known, response.source, response.bodyAt, response.bodyEnd),
  };
  return response;
}

export function beginResponse(response: Http2Response, wantsHead: boolean, wantsBody: boolean): void {
  response.status = 0;
  response.bodyBytes = 0;
  response.firstByteAtMs = 0;
  response.wantsHead = wantsHead;
  response.wantsBody = wantsBody;
  response.source = NOTHING;
  response.bodyAt = 0;
  response.bodyEnd = 0;
  response.fields.count = 0;
  if (response.pieces.length > KEPT_BYTES) response.pieces = NOTHING;
}

/** The whole body in one piece, which is read before the buffer is overwritten: no copy. */
export function takeWholeBody(response: Http2Response, bytes: Buffer, from: number, end: number): void {
  response.bodyBytes = end - from;
  response.source = bytes;
  response.bodyAt = from;
  response.bodyEnd = Math.min(end, from + response.maxBodyBytes);
}

export function addBody(response: Http2Response, bytes: Buffer, from: number, end: number): void {
  response.bodyBytes += end - from;
  if (!response.wantsBody) return;
  const length = Math.min(end - from, response.maxBodyBytes - response.bodyEnd);
  if (length <= 0) return;
  const needed = response.bodyEnd + length;
  if (needed > response.pieces.length) {
    const size = Math.min(response.maxBodyBytes, Math.max(needed * 2, FIRST_PIECES_BYTES));
    const larger = Buffer.allocUnsafeSlow(size);
    response.pieces.copy(larger, 0, 0, response.bodyEnd);
    response.pieces = larger;
  }
  bytes.copy(response.pieces, response.bodyEnd, from, from + length);
  response.source = response.pieces;
  response.bodyEnd = needed;
}

/** The first field of this name, or null. */
export function fieldOf({ names, values, count }: FieldList, name: string): string | null {
  for (let at = 0; at < count; at += 1) if (names[at] === name) return values[at]!;
  return null;
}

function fieldsOf({ names, values, count }: FieldList, name: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < count; at += 1) if (names[at] === name) found.push(values[at]!);
  return found;
}
